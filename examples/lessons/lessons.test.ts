import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const folder = fileURLToPath(new URL(".", import.meta.url));
const { LOAM_DATA: _, ...env } = process.env;

/** What each program prints under --quick; with its full number of steps, see docs/lessons/README.md. */
const programs: Readonly<Record<string, RegExp>> = {
  "1-1-line.mjs": /^loss 5\.336 at first, .+\ny = \d\.\d{3}x \+ \d\.\d{3}\n$/,
  "1-2-ten-variables.mjs": /^true weights .+\nfound weights .+; bias -?\d+\.\d{3}\n$/,
  "1-3-mini-batch.mjs": /^(batch +\d+: +\d+ steps, mean squared error \d+\.\d{4}\n){3}$/,
  "1-4-logistic-regression.mjs": /^weights of .+\ntest loss 0\.\d{4}, accuracy \d\d\.\d\d %\n$/,
  "1-5-softmax-regression.mjs": /^synthetic digits: loss \d\.\d{4}, accuracy \d+\.\d\d %\n$/,
  "2-1-layers.mjs": /^true weights .+\nfound weights .+\n$/,
  "2-2-sigmoid-network.mjs": /^synthetic digits: loss \d\.\d{4}, accuracy \d+\.\d\d %\n$/,
  "2-3-activations.mjs":
    /^((Sigmoid|Tanh|ReLU|LeakyReLU|ELU) +from U\(-1, 1\) \d+\.\d\d %, from He's \d+\.\d\d %\n){5}$/,
  "2-5-optimizers.mjs": /^(\w+ +loss \d\.\d{4}, accuracy \d+\.\d\d %\n){8}$/,
  "2-6-overfitting.mjs": /^((neither|L2|dropout|both) +training \d+\.\d\d %, test \d+\.\d\d %\n){4}$/,
  "2-7-save-and-load.mjs":
    /^before saving {2}(\d+\.\d\d %)\nafter loading {2}\1\ntrained on .+\none picture .+\n$/,
  "3-1-im2col.mjs":
    / {3}2 {3}2\n {3}2 {3}2\n[^\n]+\n {3}1 {3}4 {3}6 {3}4\n {2}10 {2}24 {2}28 {2}16\n {2}18 {2}40 {2}44 {2}24\n {2}13 {2}28 {2}30 {2}16\n$/,
  "3-2-convolution.mjs": /216,650 parameters\nsynthetic digits: loss \d\.\d{4}, accuracy \d+\.\d\d %\n$/,
};

describe("the lessons' programs", () => {
  test.concurrent.for(Object.entries(programs))("%s", async ([name, prints], { expect: expectHere }) => {
    const { stdout, stderr } = await run(process.execPath, [name, "--quick"], { cwd: folder, env });
    expectHere(stdout).toMatch(prints);
    expectHere(stderr).toBe("");
  });

  test("are all here, and all on the lessons' page", () => {
    const files = readdirSync(folder).filter((name) => /^\d.*\.mjs$/.test(name));
    expect(files).toEqual(Object.keys(programs));
    const page = readFileSync(new URL("../../docs/lessons/README.md", import.meta.url), "utf8");
    expect(files.filter((name) => !page.includes(`examples/lessons/${name}`))).toEqual([]);
  });
});
