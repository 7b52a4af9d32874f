import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "@loam/nn";
import { expect, test } from "vitest";
import { idx, temporaryFolder } from "../test/support.js";
import { loadTrainingData } from "./load-data.js";
import { labelsOf } from "./samples.js";

test("signals get in while pictures are drawn and distorted", async () => {
  /** How often something else had its turn meanwhile. */
  const turns = async (augment?: number) => {
    let count = 0;
    let next = setImmediate(function again() {
      count++;
      next = setImmediate(again);
    });
    await loadTrainingData(
      { kind: "digits" },
      { seed: 1, limit: 300, ...(augment !== undefined && { augment }) },
    );
    clearImmediate(next);
    return count;
  };
  const drawing = await turns();
  expect(drawing).toBeGreaterThanOrEqual(3); // 2,000 for the test, in parts of 500
  expect(await turns(2)).toBeGreaterThanOrEqual(drawing + 6); // 2 · 300 copies, in parts of 100
});

test("a limit leaves no class of a sorted table or folder out", async (context) => {
  const folder = temporaryFolder(context);
  // 60 rows of a, 30 of b, 9 of c, 1 of d, one class after the other.
  const classes = [60, 30, 9, 1].flatMap((count, i) => new Array<number>(count).fill(i));
  const path = join(folder, "sorted.csv");
  writeFileSync(path, `label,x\n${classes.map((label, row) => `${"abcd"[label]},${row}.5`).join("\n")}\n`);
  writeFileSync(join(folder, "train-images-idx3-ubyte"), idx([100, 1, 1], classes));
  writeFileSync(join(folder, "train-labels-idx1-ubyte"), idx([100], classes));
  const labels = async (source: Parameters<typeof loadTrainingData>[0], limit: number, seed = 1) =>
    Array.from(labelsOf((await loadTrainingData(source, { limit, seed })).training).data);
  for (const source of [{ kind: "table", path } as const, { kind: "folder", path: folder } as const]) {
    const count = (drawn: number[]) =>
      [0, 1, 2, 3].map((one) => drawn.filter((label) => label === one).length);
    expect(count(await labels(source, 20))).toEqual([12, 6, 1, 1]); // 12, 6, 1.8, 0.2: one at least
    expect(count(await labels(source, 4))).toEqual([1, 1, 1, 1]);
    expect(await labels(source, 100)).toEqual(classes);
  }
  const rows = async (seed: number) =>
    ((await loadTrainingData({ kind: "table", path }, { limit: 20, seed })).training as Dataset).inputs.data;
  expect(await rows(1)).toEqual(await rows(1));
  expect(await rows(2)).not.toEqual(await rows(1));
});
