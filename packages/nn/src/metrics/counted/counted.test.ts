import { describe, expect, it } from "vitest";
import { refusal } from "../../../test/contracts/refusal.js";
import { type Dataset, Dense, type Metric, meanSquaredError, metrics, Sequential, SGD } from "../../index.js";

const SAMPLES = 150;
const inputs = {
  data: Float32Array.from({ length: 3 * SAMPLES }, (_, i) => ((i * 37) % 101) / 50 - 1),
  shape: [SAMPLES, 3],
};

function dataset(outputs: number, target: (i: number) => number): Dataset {
  const data = Float32Array.from({ length: outputs * SAMPLES }, (_, i) => target(i));
  return { name: "numbers", inputs, labels: { data, shape: [SAMPLES, outputs] }, scaling: { kind: "none" } };
}

/** What the metrics are on a model with weights of its seed, on some threads, with its outputs. */
async function measured(list: readonly Metric[], data: Dataset, threads = 1) {
  const units = data.labels.shape[1]!;
  await using model = new Sequential([new Dense({ units })], { inputShape: [3], seed: 5, threads });
  model.compile({ optimizer: new SGD(), loss: meanSquaredError(), metrics: list });
  const { metrics: figures } = await model.evaluate(data, { batchSize: 32 });
  return { figures, outputs: [...(await model.predict(inputs)).data] };
}

describe.each([1, 3])("errors of %i numbers a sample", (outputs) => {
  const all = [metrics.meanAbsoluteError(), metrics.meanSquaredError(), metrics.rootMeanSquaredError()];
  const data = dataset(outputs, (i) => ((i * 53) % 97) / 40);

  it("are those of the whole data set, in batches, on any number of threads", async () => {
    const { figures, outputs: y } = await measured(all, data);
    const errors = y.map((value, i) => value - data.labels.data[i]!);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
    // Sums of at most 96 float32: 96·2⁻²⁴ of them.
    expect(figures!.meanAbsoluteError).toBeCloseTo(mean(errors.map(Math.abs)), 5);
    expect(figures!.meanSquaredError).toBeCloseTo(mean(errors.map((error) => error ** 2)), 5);
    expect(figures!.rootMeanSquaredError).toBeCloseTo(Math.sqrt(mean(errors.map((error) => error ** 2))), 5);
    for (const threads of [2, 4]) expect((await measured(all, data, threads)).figures).toEqual(figures);
  });
});

describe("precision, recall and F1", () => {
  const data = dataset(2, (i) => ((i * 7) % 5 < 2 ? 1 : 0));

  it.each([0, 0.4])("are those of their counts, about a threshold of %d", async (threshold) => {
    const options = { threshold };
    const list = [metrics.precision(options), metrics.recall(options), metrics.f1Score(options)];
    const { figures, outputs } = await measured(list, data);
    const told = outputs.map((y) => y > threshold);
    const is = [...data.labels.data].map((t) => t === 1);
    const count = (of: (i: number) => boolean) => told.filter((_, i) => of(i)).length;
    const tp = count((i) => told[i]! && is[i]!);
    const fp = count((i) => told[i]! && !is[i]!);
    const fn = count((i) => !told[i]! && is[i]!);
    expect(Math.min(tp, fp, fn)).toBeGreaterThan(0);
    // Counts are exact, and so are their quotients.
    expect(figures).toEqual({
      precision: tp / (tp + fp),
      recall: tp / (tp + fn),
      f1Score: (2 * tp) / (2 * tp + fp + fn),
    });
  });

  it("are 0 where nothing is told", async () => {
    const list = [metrics.precision({ threshold: 100 }), metrics.f1Score({ threshold: 100 })];
    expect((await measured(list, data)).figures).toEqual({ precision: 0, f1Score: 0 });
  });

  it("refuse a threshold that is none", () => {
    expect(refusal(() => metrics.recall({ threshold: Number.NaN }))).toMatchInlineSnapshot(
      `"ConfigError not-finite: recall: threshold must be a finite number, got NaN."`,
    );
    expect(refusal(() => metrics.recall({ treshold: 1 } as never))).toMatch(
      /^ConfigError unknown-option: recall/,
    );
  });
});
