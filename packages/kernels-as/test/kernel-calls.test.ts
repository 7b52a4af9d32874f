// Instructions run by themselves: that each reaches its kernel with its arguments in order.
import { beforeAll, describe, expect, it } from "vitest";
import {
  type InstructionArguments,
  instantiate,
  type Kernels,
  type OptimizerRange,
  optimizerTable,
} from "../src/index.js";
import { philox4x32 } from "../src/random/philox.js";
import { dropoutKeeps, dropoutScale } from "./reference/dropout.js";
import { openModule } from "./support/module.js";

let k: Kernels;
beforeAll(async () => {
  k = await instantiate({ maximumBytes: 1 << 24 });
});

/** Puts values in memory. */
function put(values: readonly number[]): number {
  const at = k.memory.allocate(4 * values.length);
  k.memory.f32(at, values.length).set(values);
  return at;
}
const room = (n: number): number => k.memory.allocate(4 * n);
const get = (at: number, n: number): number[] => [...k.memory.f32(at, n)];

function words(values: ArrayLike<number>): number {
  const at = room(values.length);
  k.memory.u32(at, values.length).set(Array.from(values));
  return at;
}

function doubles(values: readonly number[]): number {
  const at = k.memory.allocate(8 * values.length);
  k.memory.f64(at, values.length).set(values);
  return at;
}

/** The arguments of permute, from dimensions and as many strides. */
function permuted(dims: readonly number[], strides: readonly number[]) {
  const pick = (list: readonly number[], i: number) => list[i] ?? 0;
  return {
    rank: dims.length,
    ...{ dim0: pick(dims, 0), dim1: pick(dims, 1), dim2: pick(dims, 2) },
    ...{ dim3: pick(dims, 3), dim4: pick(dims, 4), dim5: pick(dims, 5) },
    ...{ stride0: pick(strides, 0), stride1: pick(strides, 1), stride2: pick(strides, 2) },
    ...{ stride3: pick(strides, 3), stride4: pick(strides, 4), stride5: pick(strides, 5) },
  };
}

describe("elementwise instructions", () => {
  it("reach their kernels", () => {
    const x = put([1, -2, 3]);
    const y = room(6);
    k.run("fill", { y, n: 3, value: 2.5 });
    expect(get(y, 3)).toEqual([2.5, 2.5, 2.5]);
    k.run("copy", { y, x, n: 3 });
    expect(get(y, 3)).toEqual([1, -2, 3]);
    k.run("scale_shift", { y, x, n: 3, scale: 2, shift: 1 });
    expect(get(y, 3)).toEqual([3, -3, 7]);
    k.run("unary", { kind: "leaky_relu", y, x, n: 3, alpha: 0.5 });
    expect(get(y, 3)).toEqual([1, -1, 3]);
    k.run("unary_grad", { kind: "square", dx: y, v: x, dy: put([1, 10, 100]), n: 3, alpha: 0 });
    expect(get(y, 3)).toEqual([2, -40, 600]);
    k.run("binary", { kind: "sub", y, a: x, b: put([1, 1, 1]), n: 3 });
    expect(get(y, 3)).toEqual([0, -3, 2]);
    const matrix = put([1, 2, 3, 4, 5, 6]);
    k.run("binary_rows", { kind: "add", y, a: matrix, b: put([10, 20, 30]), rows: 2, cols: 3 });
    expect(get(y, 6)).toEqual([11, 22, 33, 14, 25, 36]);
    k.run("binary_cols", { kind: "mul", y, a: matrix, b: put([10, 100]), rows: 2, cols: 3 });
    expect(get(y, 6)).toEqual([10, 20, 30, 400, 500, 600]);
    k.run("permute", { y, x: matrix, ...permuted([3, 2], [1, 3]) });
    expect(get(y, 6)).toEqual([1, 4, 2, 5, 3, 6]);
    k.run("permute", { y, x: matrix + 20, ...permuted([6], [-1]) });
    expect(get(y, 6)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it("refuse what is not in memory", () => {
    const end = k.memory.memory.buffer.byteLength;
    expect(() => k.run("fill", { y: end - 8, n: 3, value: 0 })).toThrowError(
      `fill: y: expected 3 elements of 4 bytes at a multiple of 4 inside the memory of ${end} bytes, got address ${end - 8}`,
    );
    const exp = { kind: "exp", y: 65536, x: 65537, n: 1, alpha: 0 } as const;
    expect(() => k.run("unary", exp)).toThrowError("unary: x: expected 1 elements");
    expect(() => k.run("copy", { y: Number.NaN, x: 65536, n: 1 })).toThrowError("copy: y: expected");
    expect(() => k.run("copy", { y: 65536, x: -4, n: 1 })).toThrowError("copy: x: expected");
    expect(() => k.run("fill", { y: 65536, n: -1, value: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fill: expected n to be an integer in [0, 2^32), got -1]`,
    );
    expect(() => k.run("fill", { y: 65536, n: 1.5, value: 0 })).toThrowError(RangeError);
    const seven = { ...permuted([2], [1]), rank: 7 };
    expect(() => k.run("permute", { y: 65536, x: 65536, ...seven })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: permute: expected at most 6 dimensions, got 7]`,
    );
    const below = permuted([2, 3], [-100000, 1]);
    expect(() => k.run("permute", { y: 65536, x: 65536, ...below })).toThrowError("permute: x: expected");
    const beyond = permuted([2, 2], [4, 1]);
    expect(() => k.run("permute", { y: 65536, x: end - 16, ...beyond })).toThrowError("permute: x: expected");
  });

  it("refuse a function that they do not know, and name those that they do", () => {
    const args = { kind: "softsign", y: 65536, a: 65536, b: 65536, n: 1 };
    const wrong = args as unknown as InstructionArguments<"binary">;
    expect(() => k.run("binary", wrong)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: binary: expected kind to be one of add, sub, mul, div, max, min, got softsign]`,
    );
  });
});

describe("random instructions", () => {
  it("reach their kernels", () => {
    const y = room(20);
    k.run("philox", { y, blocks: 5, counter: words([1, 2, 3, 4]), key: words([5, 6]) });
    const want = [0, 1, 2, 3, 4].flatMap((b) => [...philox4x32([1 + b, 2, 3, 4], [5, 6])]);
    expect([...k.memory.u32(y, 20)]).toEqual(want);

    const x = put(new Array(100).fill(1));
    const kept = room(100);
    const place = { seed: words([6, 5]), stream: 7, step: words([8, 0]) };
    k.run("dropout", { y: kept, x, n: 100, rate: put([0.2]), ...place });
    const keeps = dropoutKeeps({ seed: [6, 5], stream: 7, step: [8, 0] }, 0.2, 100);
    expect(get(kept, 100)).toEqual(keeps.map((keep) => (keep ? dropoutScale(0.2) : 0)));
    k.run("dropout_relu_grad", { dx: kept, y: kept, dy: x, n: 100, rate: put([0.5]) });
    expect(get(kept, 100)).toEqual(keeps.map((keep) => (keep ? 2 : 0)));
    expect(() =>
      k.run("dropout", { y: kept, x, n: 100, rate: put([1.5]), ...place }),
    ).toThrowErrorMatchingInlineSnapshot(`[RangeError: dropout: expected a rate in [0, 1], got 1.5]`);
  });
});

describe("sums, softmax, losses", () => {
  it("reach their kernels", () => {
    const x = put([1, -2, 3, 4, 5, -6]);
    const y = put([100, 100, 100]);
    const whole = { x, rows: 1, cols: 6, scale: 1, accumulate: 0 };
    k.run("sum_cols", { y, ...whole });
    k.run("sum_squares", { y: y + 4, x, n: 6, scale: 1, accumulate: 0 });
    k.run("sum_abs", { y: y + 8, x, n: 6, scale: 1, accumulate: 0 });
    expect(get(y, 3)).toEqual([5, 91, 21]);
    k.run("sum_rows", { y, x, batch: 1, rows: 2, cols: 3, scale: 1, accumulate: 0 });
    expect(get(y, 3)).toEqual([5, 3, -3]);
    k.run("sum_cols", { y, x, rows: 2, cols: 3, scale: 2, accumulate: 1 });
    expect(get(y, 2)).toEqual([9, 9]);
    k.run("max_cols", { y, x, rows: 2, cols: 3 });
    expect(get(y, 2)).toEqual([3, 5]);
    const same = put([2, 2, 7, 7]);
    const p = room(4);
    k.run("softmax", { y: p, x: same, rows: 2, cols: 2 });
    expect(get(p, 4)).toEqual([0.5, 0.5, 0.5, 0.5]);
    k.run("softmax_grad", { dx: p, y: p, dy: put([1, 0, 0, 2]), rows: 2, cols: 2 });
    expect(get(p, 4)).toEqual([0.25, -0.25, -0.5, 0.5]);
    k.run("log_sum_exp", { y, x: same, rows: 2, cols: 2 });
    expect(get(y, 2)).toEqual([Math.fround(2 + Math.LN2), Math.fround(7 + Math.LN2)]);
  });

  it("reach the losses", () => {
    const logits = put([2, 2, 7, 7]);
    const loss = room(4);
    const dx = room(4);
    const sizes = { rows: 2, cols: 2, gradScale: 2 };
    k.run("softmax_cross_entropy", { loss, dx, logits, labels: words([0, 1]), sparse: 1, ...sizes });
    expect(get(loss, 2)).toEqual([Math.fround(Math.LN2), Math.fround(Math.LN2)]);
    expect(get(dx, 4)).toEqual([-1, 1, 1, -1]);
    k.run("softmax_cross_entropy", {
      ...{ loss, dx: 0, logits, labels: put([0, 1, 1, 0]), sparse: 0 },
      ...sizes,
    });
    expect(get(loss, 2)).toEqual([Math.fround(Math.LN2), Math.fround(Math.LN2)]);
    k.run("sigmoid_cross_entropy", {
      loss,
      dx,
      logits: put([0, 0]),
      targets: put([0, 1]),
      n: 2,
      gradScale: 1,
    });
    expect(get(loss, 2)).toEqual([Math.fround(Math.LN2), Math.fround(Math.LN2)]);
    expect(get(dx, 2)).toEqual([0.5, -0.5]);
    const end = k.memory.memory.buffer.byteLength;
    expect(() =>
      k.run("softmax_cross_entropy", { loss, dx: 0, logits, labels: end, sparse: 1, ...sizes }),
    ).toThrowError("softmax_cross_entropy: labels: expected 2 elements");
  });

  it("count what is told right", () => {
    const count = doubles([0]);
    const told = () => k.memory.f64(count, 1)[0];
    const sizes = { rows: 2, cols: 2 };
    k.run("accuracy", { count, logits: put([1, 2, 2, 1]), labels: words([1, 1]), sparse: 1, ...sizes });
    expect(told()).toBe(1);
    k.run("accuracy", { count, logits: put([1, 2, 2, 1]), labels: put([0, 1, 1, 0]), sparse: 0, ...sizes });
    expect(told()).toBe(1 + 2);
    k.run("binary_accuracy", { count, logits: put([-1, 1]), targets: put([0, 1]), n: 2, threshold: 0 });
    expect(told()).toBe(3 + 2);
    k.run("accumulate", { sum: count, x: put([1, 2]), n: 2, weight: 10 });
    expect(told()).toBe(5 + 30);
  });
});

describe("optimizer instructions", () => {
  const slot = (): number => put([0, 0, 0, 0]);
  const everything: readonly OptimizerRange[] = [{ offset: 0, length: 4 }];

  /** Parameters and gradients of 1, learning rate ¼ and other scalars. */
  function update(scalars: readonly number[], ranges = everything) {
    return {
      ...{ params: put([1, 1, 1, 1]), grads: put([1, 1, 1, 1]), scalars: doubles([0.25, ...scalars]) },
      ...{ table: words(optimizerTable(ranges)), count: ranges.length },
    };
  }

  it("reach their kernels", async () => {
    const plain = update([0], [{ offset: 1, length: 2, weightDecay: 1 }]);
    k.run("sgd", { ...plain, velocity: 0, nesterov: 0 });
    expect(get(plain.params, 4)).toEqual([1, 0.5, 0.5, 1]);
    const nesterov = update([0.5]);
    k.run("sgd", { ...nesterov, velocity: slot(), nesterov: 1 });
    expect(get(nesterov.params, 4)).toEqual([0.625, 0.625, 0.625, 0.625]);
    const adagrad = update([0]);
    k.run("adagrad", { ...adagrad, accumulator: slot() });
    expect(get(adagrad.params, 1)).toEqual([0.75]);
    const rmsprop = update([0.75, 0]);
    k.run("rmsprop", { ...rmsprop, meanSquare: slot() });
    expect(get(rmsprop.params, 1)).toEqual([0.5]);
    const adadelta = update([0.5, 0.5]);
    k.run("adadelta", { ...adadelta, meanSquare: slot(), meanSquareUpdate: slot() });
    expect(get(adadelta.params, 1)[0]).toBeCloseTo(1 - 0.25 * Math.SQRT1_2, 6);
    const step = words([0, 0]);
    const adam = update([0.9, 0.999, 0]);
    k.run("adam", { ...adam, m: slot(), v: slot(), step, decoupled: 0 });
    expect(get(adam.params, 1)[0]).toBeCloseTo(0.75, 6);
    const adamW = update([0.9, 0.999, 0], [{ offset: 0, length: 4, weightDecay: 1 }]);
    k.run("adam", { ...adamW, m: slot(), v: slot(), step, decoupled: 1 });
    expect(get(adamW.params, 1)[0]).toBeCloseTo(0.5, 6);
    const { exports } = await openModule();
    expect((exports.power_f64 as (x: number, n: bigint) => number)(3, 5n)).toBe(243);
  });

  it("refuse ranges outside the memory", () => {
    const beyond = k.memory.memory.buffer.byteLength / 4;
    const args = update([0], [{ offset: beyond, length: 2 }]);
    expect(() => k.run("sgd", { ...args, velocity: 0, nesterov: 0 })).toThrowError(
      `sgd: params: expected ${beyond + 2} elements of 4 bytes`,
    );
  });
});

describe("gathers", () => {
  it("reach their kernels", () => {
    const bytes = k.memory.allocate(6);
    k.memory.bytes(bytes, 6).set([1, 2, 3, 4, 5, 255]);
    const y = room(4);
    const rows = { y, indices: words([9, 2, 0]), position: words([1]), batch: 2, features: 2 };
    const scaled = { ...rows, scale: 2, shift: 1, featureCenter: 0, featureScale: 0, featureShift: 0 };
    k.run("gather_u8", { ...scaled, x: bytes });
    expect(get(y, 4)).toEqual([11, 511, 3, 5]);
    k.run("gather_f32", {
      ...scaled,
      x: put([1, 2, 3, 4, 5, 6]),
      featureScale: put([10, 100]),
      featureShift: put([1, 2]),
    });
    expect(get(y, 4)).toEqual([51, 602, 11, 202]);
    k.run("gather_f32", { ...scaled, x: put([1, 2, 3, 4, 5, 6]), featureCenter: put([3, 2]) });
    expect(get(y, 4)).toEqual([5, 9, -3, 1]);
    k.run("gather_u32", { ...rows, x: words([1, 2, 3, 4, 5, 6]) });
    expect([...k.memory.u32(y, 4)]).toEqual([5, 6, 1, 2]);
    k.run("gather_labels_u8", { ...rows, x: bytes });
    expect([...k.memory.u32(y, 4)]).toEqual([5, 255, 1, 2]);
  });

  it("refuse an index whose sample is not in memory", () => {
    const far = k.memory.memory.buffer.byteLength;
    const rows = { y: room(4), x: room(6), indices: words([2, far]), position: words([0]), batch: 2 };
    expect(() => k.run("gather_u32", { ...rows, features: 2 })).toThrowError(
      `gather_u32: x: expected ${2 * (far + 1)} elements of 4 bytes`,
    );
  });
});
