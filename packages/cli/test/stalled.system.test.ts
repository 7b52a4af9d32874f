import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { BIN, loamProcess, temporaryFolder } from "./support.js";

/** Ends the first helper thread that is started, as soon as the training has a checkpoint. */
const END_A_HELPER = `
import { existsSync } from "node:fs";
import threads from "node:worker_threads";
import { syncBuiltinESMExports } from "node:module";
const { Worker } = threads;
let first = true;
threads.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    if (!first) return;
    first = false;
    const look = setInterval(() => {
      if (!existsSync("run/checkpoint.safetensors")) return;
      clearInterval(look);
      this.terminate();
    }, 5).unref();
  }
};
syncBuiltinESMExports();`;

test("a helper thread that is ended from outside ends the command at once, and the run goes on to the same bits", async (context) => {
  const root = temporaryFolder(context);
  writeFileSync(join(root, "end-a-helper.mjs"), END_A_HELPER);
  const flags =
    "--data digits --limit 2000 --model cnn --steps 200 --checkpoint-every 5 --threads 2 --seed 3".split(" ");
  const whole = JSON.parse(
    (await loamProcess(["train", ...flags, "--json", "--out", "whole"], root)).stdout
      .trimEnd()
      .split("\n")
      .at(-1)!,
  );
  const began = performance.now();
  const options = { NODE_OPTIONS: "--import ./end-a-helper.mjs" };
  const { code, stderr } = await loamProcess(["train", ...flags, "--out", "run"], root, options);
  expect(stderr).toContain("a helper thread failed: it was ended from outside.");
  expect(stderr).not.toContain("internal");
  expect(code).toBe(1);
  expect(performance.now() - began).toBeLessThan(30_000);
  const resumed = await loamProcess(["train", "--resume", "run", "--json"], root);
  expect(JSON.parse(resumed.stdout.trimEnd().split("\n").at(-1)!).weightsHash).toBe(whole.weightsHash);
});

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
