import { execFile } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import card from "../apps/demo/src/draw/shipped-network.json" with { type: "json" };

const root = fileURLToPath(new URL("..", import.meta.url));
const DATA = process.env.LOAM_DATA;

if (!DATA) process.stderr.write("LOAM_DATA is not set: the shipped network is not tested on MNIST.\n");

/** What the demo site tells of its network, against the network itself. */
test.skipIf(!DATA)(
  "the shipped network reads as many of MNIST's test pictures as the site says",
  async () => {
    const model = path.join(root, "apps/demo/public/models/digits.safetensors");
    const args = [
      path.join(root, "packages/cli/bin/loam.js"),
      "evaluate",
      model,
      "--data",
      "mnist",
      "--json",
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
    const { accuracy } = JSON.parse(stdout.trim().split("\n").at(-1)!) as { accuracy: number };
    expect(accuracy).toBe(card.testAccuracy);
  },
);
