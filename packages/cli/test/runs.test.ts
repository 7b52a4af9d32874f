import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loam } from "./support.js";

let root: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "loam-runs-"));
  for (const [name, limit] of [
    ["few", "50"],
    ["many", "1500"],
  ] as const) {
    const words = [
      "train",
      "--model",
      "softmax",
      "--limit",
      limit,
      "--seed",
      "1",
      "--out",
      join("runs", name),
    ];
    expect((await loam(words, root)).code).toBe(0);
  }
  mkdirSync(join(root, "runs", "broken"));
  writeFileSync(join(root, "runs", "broken", "run.json"), "{");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("runs stand in a table, the last first", async () => {
  const { code, stdout, stderr } = await loam(["runs"], root);
  expect(code).toBe(0);
  expect(stderr).toBe(`skipped   ${join("runs", "broken", "run.json")}: damaged, or not of a run of Loam\n`);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^run +started +data +network +accuracy +loss +epochs +time$/);
  expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual(["many", "few"]);
  expect(lines[1]).toMatch(
    /^many +\d{4}-\d\d-\d\d \d\d:\d\d +digits +softmax +\d\d\.\d\d % +\d\.\d{4} +1 +\d/,
  );
});

test("they are sorted by a figure, the best first, and given as JSON", async () => {
  const read = async (sort: string) => {
    const { stdout } = await loam(["runs", "runs", "--sort", sort, "--json"], root);
    return JSON.parse(stdout).runs as { run: string; accuracy: number; loss: number }[];
  };
  const best = await read("accuracy");
  expect(best.map(({ run }) => run)).toEqual([join("runs", "many"), join("runs", "few")]);
  expect(best[0]!.accuracy).toBeGreaterThan(best[1]!.accuracy);
  const least = await read("loss");
  expect(least[0]!.loss).toBeLessThan(least[1]!.loss);
});

test("what cannot be compared is said", async () => {
  mkdirSync(join(root, "empty"));
  expect(await loam(["runs", "empty"], root)).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: "loam: empty: there is no run in it; loam train makes one, or name another folder.\n",
  });
  expect((await loam(["runs", "nowhere"], root)).stderr).toBe(
    "loam: nowhere: there is no such file or folder.\n",
  );
  const { code, stderr } = await loam(["runs", "--sort", "beauty"], root);
  expect([code, stderr]).toEqual([2, expect.stringContaining("Allowed choices are started, accuracy")]);
});
