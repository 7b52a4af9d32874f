import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../src/index.js";
import {
  oneHot,
  sigmoidCrossEntropy,
  sigmoidCrossEntropyGrad,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
} from "./reference/losses.js";
import { f32, f64, run, runOnAnyThreads } from "./support/instruction.js";
import { EPSILON, expectNear, numbers, SMALLEST_NORMAL } from "./support/numbers.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 4 });
});
afterAll(() => engine.close());

const SHAPES: [number, number][] = [
  [0, 3],
  [1, 1],
  [1, 10],
  [15, 3],
  [16, 4],
  [17, 5],
  [67, 10],
  [5, 37],
];

describe.each(SHAPES)("softmax cross-entropy of [%i, %i]", (rows, cols) => {
  const logits = numbers(rows + cols, rows * cols, -6, 6);
  const classes = Uint32Array.from({ length: rows }, (_, r) => (r * 7 + 3) % cols);
  const dense = numbers(2, rows * cols, 0, 1);
  const g = 1 / 32;
  const dloss = numbers(9, rows);
  // A logit's difference from the maximum is at most 12.
  const lossBound = (): number => 16 * EPSILON * 12 * cols;
  const gradBound = (scale: number) => (): number => 24 * EPSILON * scale * cols + SMALLEST_NORMAL;

  it.each([true, false])("loss and gradient, sparse labels: %s", async (sparse) => {
    const t = sparse ? oneHot(classes, cols) : dense;
    const labels = { read: sparse ? classes : dense };
    const rest = { rows, cols, sparse: sparse ? 1 : 0, gradScale: g };
    const both = await runOnAnyThreads(engine, "softmax_cross_entropy", {
      loss: { write: 4 * rows },
      dx: { write: logits.byteLength },
      logits: { read: logits },
      labels,
      ...rest,
    });
    expectNear(f32(both.loss), softmaxCrossEntropy(logits, t, rows, cols), lossBound, "loss");
    const ones = new Float64Array(rows).fill(g);
    expectNear(f32(both.dx), softmaxCrossEntropyGrad(logits, t, ones, rows, cols), gradBound(g), "dx");

    const alone = await run(engine, "softmax_cross_entropy", {
      loss: { write: 4 * rows },
      dx: 0,
      logits: { read: logits },
      labels,
      ...rest,
    });
    expect(alone.loss).toEqual(both.loss);
    const inPlace = await run(engine, "softmax_cross_entropy", {
      loss: 0,
      dx: { at: "logits" },
      logits: { change: logits },
      labels,
      ...rest,
    });
    expect(inPlace.logits).toEqual(both.dx);

    const { dx } = await runOnAnyThreads(engine, "softmax_cross_entropy_grad", {
      dx: { write: logits.byteLength },
      logits: { read: logits },
      labels,
      dloss: { read: dloss },
      rows,
      cols,
      sparse: sparse ? 1 : 0,
    });
    expectNear(f32(dx), softmaxCrossEntropyGrad(logits, t, dloss, rows, cols), gradBound(1), "dx by row");
  });
});

describe("softmax cross-entropy at its edges", () => {
  const one = async (logits: readonly number[], label: number): Promise<number[]> => {
    const { loss, dx } = await run(engine, "softmax_cross_entropy", {
      loss: { write: 4 },
      dx: { write: 4 * logits.length },
      logits: { read: Float32Array.from(logits) },
      labels: { read: Uint32Array.of(label) },
      rows: 1,
      cols: logits.length,
      sparse: 1,
      gradScale: 1,
    });
    return [...f32(loss), ...f32(dx)];
  };

  it("neither overflows nor loses a small loss", async () => {
    expect(await one([1e20, 0], 0)).toEqual([0, 0, 0]);
    expect(await one([0, 1e20], 0)).toEqual([Math.fround(1e20), -1, 1]);
    const [loss] = await one([20, 0], 0);
    expect(loss! / Math.log1p(Math.exp(-20))).toBeCloseTo(1, 6);
  });

  it("makes NaN of a class that is not there, and reads nothing there", async () => {
    expect(await one([1, 2, 3], 3)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect((await one([1, 2, 3], 0xffffffff)).every(Number.isNaN)).toBe(true);
  });

  it("passes NaN", async () => {
    expect((await one([1, Number.NaN, 3], 0)).every(Number.isNaN)).toBe(true);
  });
});

describe.each([0, 1, 3, 4, 5, 17, 67])("sigmoid cross-entropy of %i", (n) => {
  const logits = numbers(n, n, -30, 30);
  const targets = numbers(n + 1, n, 0, 1);
  const dloss = numbers(n + 2, n);

  it("loss and gradient", async () => {
    const { loss, dx } = await runOnAnyThreads(engine, "sigmoid_cross_entropy", {
      loss: { write: 4 * n },
      dx: { write: 4 * n },
      logits: { read: logits },
      targets: { read: targets },
      n,
      gradScale: 0.5,
    });
    expectNear(
      f32(loss),
      sigmoidCrossEntropy(logits, targets),
      (_, i) => 4 * EPSILON * (Math.abs(logits[i]!) + 1),
    );
    const half = new Float64Array(n).fill(0.5);
    expectNear(f32(dx), sigmoidCrossEntropyGrad(logits, targets, half), () => 4 * EPSILON);
    const alone = await run(engine, "sigmoid_cross_entropy", {
      loss: { write: 4 * n },
      dx: 0,
      logits: { read: logits },
      targets: { read: targets },
      n,
      gradScale: 0.5,
    });
    expect(alone.loss).toEqual(loss);
  });

  it("gradient from that of the loss", async () => {
    const { dx } = await runOnAnyThreads(engine, "sigmoid_cross_entropy_grad", {
      dx: { write: 4 * n },
      logits: { read: logits },
      targets: { read: targets },
      dloss: { read: dloss },
      n,
    });
    expectNear(f32(dx), sigmoidCrossEntropyGrad(logits, targets, dloss), () => 4 * EPSILON);
  });
});

it("sigmoid cross-entropy neither overflows nor loses a small loss", async () => {
  const { loss } = await run(engine, "sigmoid_cross_entropy", {
    loss: { write: 20 },
    dx: 0,
    logits: { read: Float32Array.of(200, -200, 200, -30, Number.NaN) },
    targets: { read: Float32Array.of(1, 0, 0, 0, 1) },
    n: 5,
    gradScale: 1,
  });
  const [a, b, c, d, e] = f32(loss);
  expect([a, b, c, e]).toEqual([0, 0, 200, Number.NaN]);
  expect(d! / Math.exp(-30)).toBeCloseTo(1, 6);
});

describe("accuracy", () => {
  async function hits(
    logits: readonly number[],
    labels: Uint32Array | Float32Array,
    cols: number,
  ): Promise<number> {
    const { count } = await runOnAnyThreads(engine, "accuracy", {
      count: { change: Float64Array.of(10) },
      logits: { read: Float32Array.from(logits) },
      labels: { read: labels },
      rows: logits.length / cols,
      cols,
      sparse: labels instanceof Uint32Array ? 1 : 0,
    });
    return f64(count)[0]! - 10;
  }

  it("counts rows whose first greatest logit is the label's", async () => {
    const logits = [1, 2, 3, 3, 2, 1, 5, 5, 5, -1, -2, -3];
    expect(await hits(logits, Uint32Array.of(2, 0, 0, 0), 3)).toBe(4);
    expect(await hits(logits, Uint32Array.of(2, 1, 1, 0), 3)).toBe(2);
    expect(await hits(logits, Float32Array.of(0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0), 3)).toBe(3);
  });

  it("takes NaN, and a class that is not there, for a miss", async () => {
    expect(await hits([Number.NaN, 1, 1, Number.NaN, 2, 1], Uint32Array.of(0, 0, 0), 2)).toBe(1);
    expect(await hits([Number.NaN, 1], Uint32Array.of(2), 2)).toBe(0);
  });

  it("of two classes, by a threshold", async () => {
    const { count } = await runOnAnyThreads(engine, "binary_accuracy", {
      count: { change: Float64Array.of(1) },
      logits: { read: Float32Array.of(-1, 2, 0, 0.5, Number.NaN) },
      targets: { read: Float32Array.of(0, 1, 0, 0, 0) },
      n: 5,
      threshold: 0,
    });
    expect(f64(count)[0]).toBe(4);
  });
});
