import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { BIN, temporaryFolder } from "./support.js";

/** A pipe that nobody writes to stands for a disk of the network that hangs. */
test.for(["SIGINT", "SIGTERM"] as const)(
  "one %s ends a command whose data never comes, within a second",
  async (signal, context) => {
    const root = temporaryFolder(context);
    mkdirSync(join(root, "data"));
    for (const name of ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
      execFileSync("mkfifo", [join(root, "data", name)]);
    const words = ["train", "--data", "data", "--out", "run"];
    const child = spawn(process.execPath, [BIN, ...words], { cwd: root });
    const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    await setTimeout(2000);
    expect(existsSync(join(root, "run", "run.lock")), "it is reading").toBe(true);
    const began = performance.now();
    child.kill(signal);
    const [code, by] = await ended;
    expect(performance.now() - began).toBeLessThan(1000);
    expect(by ?? code).toBeOneOf([signal, signal === "SIGINT" ? 130 : 143]);
    expect(existsSync(join(root, "run", "run.lock"))).toBe(false);
  },
);
