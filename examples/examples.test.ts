import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const folder = fileURLToPath(new URL(".", import.meta.url));
const { LOAM_DATA: _, ...env } = process.env;

/** What each program prints: its claims, in figures that leave room for another seed. */
const programs: Readonly<Record<string, RegExp>> = {
  "cart-pole.mjs": /^before: the pole stands 0\.\d s\nafter: the pole stands [34]\.\d s of 4\n$/,
  "char-gpt.mjs": /^loss \d\.\d\d at first, 0\.[0-4]\d at the end\nup above [a-z \n]{40,}/,
  "forecasting.mjs":
    /^the last value: off by \d\d\.\d\nthe value a week before: off by [6-9]\.\d\nthe network: off by [0-2]\.\d\n2026-01-02: \d\d\.\d\n$/,
  "gestures.mjs":
    /^left out: ms \(only rises, as a clock does\)\nwindows told right: (100|9\d) %\ncircle \d\.\d %\nshake 9\d\.\d %\nstill \d\.\d %\n$/,
  "head-on-features.mjs":
    /^the body tells 9\d % of the digits 0 to 6\na head on its features: [89]\d % of 310 others\nthe three nearest examples: [89]\d %\nas one model: [89]\d %\n$/,
  "own-layer.mjs":
    /^loss 0\.\d{3} at first, 0\.00\d\d at the end\ngradients of 5 parameters checked, 0 off\n$/,
  "search.mjs":
    /^9 configurations, 13 trainings in \d processes\nthe best: \d+ units, learning rate [\d.e-]+; loss 0\.\d{3} on what was held out\n$/,
  "xor.mjs":
    /^0 xor 0 = 0\.[01]\d\n0 xor 1 = (0\.9\d|1\.00)\n1 xor 0 = (0\.9\d|1\.00)\n1 xor 1 = 0\.[01]\d\n$/,
};

describe("the examples", () => {
  test.for(Object.entries(programs))("%s", async ([name, prints]) => {
    const { stdout, stderr } = await run(process.execPath, [name], { cwd: folder, env });
    expect(stdout).toMatch(prints);
    expect(stderr).toBe("");
  });

  test("are all here, all on their page, and none is longer than 80 lines", () => {
    const parts = ["draw-digits.mjs", "search-objective.mjs"];
    const files = readdirSync(folder).filter((name) => name.endsWith(".mjs") && !parts.includes(name));
    expect(files).toEqual(Object.keys(programs));
    const page = readFileSync(new URL("README.md", import.meta.url), "utf8");
    expect(files.filter((name) => !page.includes(`(${name})`))).toEqual([]);
    const long = files.filter((name) => readFileSync(`${folder}${name}`, "utf8").split("\n").length > 81);
    expect(long).toEqual([]);
  });
});
