import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataCache } from "./data-cache.js";
import { prepareSweep } from "./prepare.js";
import { runTrial } from "./run-trial.js";
import { isPlain, SharedData, unpacked } from "./shared-data.js";
import { parseSweep } from "./sweep-config.js";

const table = () =>
  [
    "name,width,kind",
    ...Array.from({ length: 60 }, (_, i) => `n${i % 4},${(i * 7) % 11},${"xyz"[i % 3]}`),
  ].join("\n");

/** What processes were given of what the sweep had read, and what each trial came to, with seeds 1 and 2. */
async function trials(folder: string, settings: object, shared: SharedData) {
  const text = JSON.stringify({ settings, space: { learningRate: [0.1, 0.01] }, seeds: [1, 2] });
  const { common } = await prepareSweep(parseSweep(text, "some.json"), "some.json", shared.load);
  const given: boolean[] = [];
  const reports = [];
  for (const seed of [1, 2]) {
    // A process of its own.
    const { load } = new DataCache({
      find: async (key) => {
        const data = unpacked(shared.find(key));
        given.push(data !== undefined);
        return data;
      },
    });
    const order = {
      settings: { ...common, learningRate: 0.01, seed },
      ...{ folder: join(folder, `${given.length}-${Math.random()}`), budget: 1, directory: process.cwd() },
    };
    const report = await runTrial(order, { load });
    if ("error" in report) throw new Error(report.error);
    reports.push(report.weightsHash);
  }
  return { given, reports };
}

describe("what a sweep has read", () => {
  it.each([
    // Digits are the same for every seed; which rows of a table are held out is not.
    ["digits", { data: "digits", model: "softmax", epochs: 1, limit: 120 }, [true, true]],
    ["a table", { data: "t.csv", target: "kind", epochs: 1 }, [true, false]],
  ])("goes to its processes: %s", async (_, settings, expected) => {
    const folder = mkdtempSync(join(tmpdir(), "loam-shared-"));
    try {
      writeFileSync(join(folder, "t.csv"), table());
      const data = settings.data === "digits" ? "digits" : join(folder, settings.data);
      const shared = await trials(folder, { ...settings, data }, new SharedData());
      expect(shared.given).toEqual(expected);
      const apart = await trials(folder, { ...settings, data }, new SharedData(0));
      expect(apart.given).toEqual([false, false]);
      expect(shared.reports).toEqual(apart.reports);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is kept where all of it comes through", () => {
    const values = { a: [1, "b", null, undefined], c: Float32Array.of(1), d: { e: -0, f: 2n } };
    expect(isPlain(values)).toBe(true);
    for (const other of [
      () => 1,
      new Date(),
      new Map(),
      { deep: [new (class Own {})()] },
      {
        get late() {
          return 1;
        },
      },
      { [Symbol.iterator]: 1 },
      new Uint8Array(new SharedArrayBuffer(4)),
    ])
      expect(isPlain({ ...values, other })).toBe(false);
  });
});
