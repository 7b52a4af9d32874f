import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loam } from "./support.js";

let root: string;
const RUN = ["--model", "mlp", "--limit", "600", "--batch-size", "64", "--seed", "5"];

/** Rows whose class cannot be learnt: the validation loss soon gets no better. */
const NOISE = Array.from({ length: 60 }, (_, i) => [
  (i * 7919) % 13 < 6 ? "a" : "b",
  (i * 31) % 17,
  (i * 53) % 11,
]);
const TABLE = ["--data", "noise.csv", "--target", "kind", "--l2", "0", "--seed", "3"];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "loam-longer-"));
  writeFileSync(join(root, "noise.csv"), ["kind,x,y", ...NOISE.map((row) => row.join(","))].join("\n"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function train(...words: string[]) {
  const { code, stdout, stderr } = await loam(["train", "--json", ...words], root);
  expect(stderr).not.toContain("loam:");
  expect(code).toBe(0);
  const { seconds: _, samplesPerSecond: __, model: ___, ...rest } = JSON.parse(stdout);
  return rest;
}

async function refusal(...words: string[]): Promise<[number | null, string]> {
  const { code, stdout, stderr } = await loam(["train", ...words], root);
  expect(stdout).toBe("");
  return [code, stderr.trimEnd()];
}

const configuration = (run: string) =>
  JSON.parse(readFileSync(join(root, run, "run.json"), "utf8")).configuration;

/** history.csv without its wall-clock column. */
const history = (run: string) =>
  readFileSync(join(root, run, "history.csv"), "utf8").replace(/,[^,]*$/gm, "");

describe("a finished run goes on with --epochs", () => {
  test("to the bits of a run that had been asked for so many at first", async () => {
    const whole = await train(...RUN, "--epochs", "5", "--out", "whole");
    await train(...RUN, "--epochs", "2", "--out", "short");
    expect(await train("--resume", "short", "--epochs", "5")).toEqual(whole);
    expect(history("short")).toBe(history("whole"));
    expect(configuration("short")).toMatchObject(configuration("whole"));
    expect(readdirSync(join(root, "short")).sort()).toEqual(readdirSync(join(root, "whole")).sort());
  });

  test("a committee's networks as well, and one that was stopped with more patience", async () => {
    const words = [...TABLE, "--members", "2", "--epochs", "30"];
    const whole = await train(...words, "--patience", "6", "--out", "patient");
    expect(whole.epochs).toBeLessThan(30);
    const short = await train(...words, "--patience", "2", "--out", "impatient");
    expect(short.epochs).toBeLessThan(whole.epochs);
    const [code, says] = await refusal("--resume", "impatient", "--epochs", "40");
    expect(says).toMatch(
      /^loam: impatient: this run ended as validationLoss has not improved since epoch \d+, and would have so with any number of epochs; a --patience above 2 goes on\.$/,
    );
    expect(code).toBe(2);
    expect(await train("--resume", "impatient", "--patience", "6")).toEqual(whole);
  });

  test("is refused where a longer run would have been another from the start", async () => {
    await train(...RUN, "--epochs", "2", "--schedule", "cosine", "--out", "cosine");
    const before = readFileSync(join(root, "cosine", "run.json"), "utf8");
    expect(await refusal("--resume", "cosine", "--epochs", "4")).toEqual([
      2,
      "loam: cosine: its learning rate follows the length of the run (cosine), and in a longer one would have been another from the first step on; train anew, or train its network further with --from.",
    ]);
    await train(...RUN, "--epochs", "2", "--out", "two");
    expect(await refusal("--resume", "two", "--epochs", "1")).toEqual([
      2,
      "loam: two: this run has gone through 2 epochs; --epochs says how many there are to be in all, so give more than that.",
    ]);
    rmSync(join(root, "two", "checkpoint.safetensors"));
    expect(await refusal("--resume", "two", "--epochs", "3")).toEqual([
      1,
      "loam: two: keeps no checkpoint to go on from, as runs of earlier versions do; train its network further with --from.",
    ]);
    expect(readFileSync(join(root, "cosine", "run.json"), "utf8")).toBe(before);
  });
});
