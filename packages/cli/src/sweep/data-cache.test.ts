import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dataset } from "@loam/nn";
import { expect, it } from "vitest";
import type { TableSource } from "../data-source.js";
import type { LoadOptions } from "../training-data.js";
import { DataCache } from "./data-cache.js";

type Test = { onTestFinished: (done: () => void) => void };

/** A table of 40 rows in a file of its own. */
function table(test: Test): TableSource {
  const folder = mkdtempSync(join(tmpdir(), "loam-cache-"));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "t.csv");
  writeFileSync(path, rows(1));
  return { kind: "table", path };
}

const rows = (factor: number) =>
  ["a,b,price", ...Array.from({ length: 40 }, (_, i) => `${i % 7},${i % 5},${factor * i}`)].join("\n");
const OPTIONS: LoadOptions = { target: ["price"], seed: 1, validationSplit: 0.2, members: 1 };

it("gives what was read before, as long as file and settings are the same", async (test) => {
  const source = table(test);
  const { load } = new DataCache();
  const first = await load(source, OPTIONS);
  // What a training has beside: no reader sees it.
  const beside = { ...OPTIONS, learningRate: 0.1, dropout: 0.5, epochs: 7, out: "elsewhere", model: "table" };
  expect(await load(source, beside as LoadOptions)).toBe(first);
  for (const other of [
    { ...OPTIONS, seed: 2 },
    { ...OPTIONS, validationSplit: 0.3 },
    { ...OPTIONS, drop: ["b"] },
    { ...OPTIONS, folds: 2, fold: 1 },
    { ...OPTIONS, testSource: source },
    { ...OPTIONS, ofAnotherTime: true } as LoadOptions,
  ]) {
    const read = await load(source, other);
    expect(read).not.toBe(first);
    expect(await load(source, other)).toBe(read);
  }
  expect(await load(source, OPTIONS)).toBe(first);
});

it("reads a file again that has changed", async (test) => {
  const source = table(test);
  const { load } = new DataCache();
  const first = await load(source, OPTIONS);
  writeFileSync(source.path, rows(3));
  const changed = await load(source, OPTIONS);
  const targets = ({ training }: typeof first) =>
    training.schema!.task.kind === "regression" && training.schema!.task.targets[0]!.scale;
  expect(targets(changed)).toBeCloseTo(3 * Number(targets(first)), 9);
  // Of the same size, at another time.
  utimesSync(source.path, new Date(2020, 1), new Date(2020, 1));
  expect(await load(source, OPTIONS)).not.toBe(changed);
});

it("keeps no more bytes than it may, what was asked for last first", async (test) => {
  const source = table(test);
  const one = await new DataCache().load(source, OPTIONS);
  const parts = [one.training, one.validation!] as Dataset[];
  const bytes = parts.reduce(
    (sum, { inputs, labels }) => sum + inputs.data.byteLength + labels.data.byteLength,
    0,
  );
  const { load } = new DataCache({ most: 2 * bytes });
  const seeded = (seed: number) => load(source, { ...OPTIONS, seed });
  const [first, second] = [await seeded(1), await seeded(2)];
  expect(await seeded(1)).toBe(first);
  await seeded(3);
  expect(await seeded(1)).toBe(first);
  expect(await seeded(2)).not.toBe(second);
  const none = new DataCache({ most: bytes - 1 });
  expect(await none.load(source, OPTIONS)).not.toBe(await none.load(source, OPTIONS));
});
