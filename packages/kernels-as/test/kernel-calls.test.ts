// The typed calls: that each reaches its kernel with its arguments in order, and refuses what does not lie in the memory.
import { beforeAll, describe, expect, it } from "vitest";
import { instantiate, type Kernels } from "../src/index.js";
import { philox4x32 } from "../src/random/philox.js";
import { dropoutKeeps, dropoutScale } from "../src/reference/dropout.js";

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

function words(values: readonly number[]): number {
  const at = room(values.length);
  k.memory.u32(at, values.length).set(values);
  return at;
}

describe("elementwise calls", () => {
  it("reach their kernels", () => {
    const x = put([1, -2, 3]);
    const y = room(6);
    k.fill(y, 3, 2.5);
    expect(get(y, 3)).toEqual([2.5, 2.5, 2.5]);
    k.copy(y, x, 3);
    expect(get(y, 3)).toEqual([1, -2, 3]);
    k.scaleShift(y, x, 3, 2, 1);
    expect(get(y, 3)).toEqual([3, -3, 7]);
    k.unary("leaky_relu", y, x, 3, 0.5);
    expect(get(y, 3)).toEqual([1, -1, 3]);
    k.unaryGrad("square", y, x, put([1, 10, 100]), 3);
    expect(get(y, 3)).toEqual([2, -40, 600]);
    k.combine("sub", y, x, put([1, 1, 1]), 3);
    expect(get(y, 3)).toEqual([0, -3, 2]);
    const matrix = put([1, 2, 3, 4, 5, 6]);
    k.combineRows("add", y, matrix, put([10, 20, 30]), 2, 3);
    expect(get(y, 6)).toEqual([11, 22, 33, 14, 25, 36]);
    k.combineCols("mul", y, matrix, put([10, 100]), 2, 3);
    expect(get(y, 6)).toEqual([10, 20, 30, 400, 500, 600]);
    k.permute(y, matrix, [3, 2], [1, 3]);
    expect(get(y, 6)).toEqual([1, 4, 2, 5, 3, 6]);
    k.permute(y, matrix + 20, [6], [-1]);
    expect(get(y, 6)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it("refuse what is not in memory", () => {
    const end = k.memory.memory.buffer.byteLength;
    expect(() => k.fill(end - 8, 3, 0)).toThrowError(
      `fill: y: expected 3 elements of 4 bytes at a multiple of 4 inside the memory of ${end} bytes, got address ${end - 8}`,
    );
    expect(() => k.unary("exp", 65536, 65537, 1)).toThrowError("unary exp: x: expected 1 elements");
    expect(() => k.copy(Number.NaN, 65536, 1)).toThrowError("copy: y: expected");
    expect(() => k.copy(65536, -4, 1)).toThrowError("copy: x: expected");
    expect(() => k.fill(65536, -1, 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: fill: expected the size of y to be an integer in [0, 2^32), got -1]`,
    );
    expect(() => k.fill(65536, 1.5, 0)).toThrowError(RangeError);
    expect(() => k.permute(65536, 65536, [2], [1, 2])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: permute: expected at most 6 dimensions and as many strides, got 1 and 2]`,
    );
    expect(() => k.permute(65536, 65536, [2, 3], [-100000, 1])).toThrowError("permute: x: expected");
    expect(() => k.permute(65536, end - 16, [2, 2], [4, 1])).toThrowError("permute: x: expected");
  });
});

describe("random calls", () => {
  it("reach their kernels", () => {
    const out = room(20);
    k.philox(out, 5, [1, 2, 3, 4], [5, 6]);
    const want = [0, 1, 2, 3, 4].flatMap((b) => [...philox4x32([1 + b, 2, 3, 4], [5, 6])]);
    expect([...k.memory.u32(out, 20)]).toEqual(want);

    const x = put(new Array(100).fill(1));
    const y = room(100);
    const place = { seed: 5 * 2 ** 32 + 6, stream: 7, step: 8 };
    k.dropout(y, x, 100, 0.2, place);
    const keeps = dropoutKeeps({ seed: [6, 5], stream: 7, step: [8, 0] }, 0.2, 100);
    expect(get(y, 100)).toEqual(keeps.map((keep) => (keep ? dropoutScale(0.2) : 0)));
    k.dropoutReluGrad(y, y, x, 100, 0.5);
    expect(get(y, 100)).toEqual(keeps.map((keep) => (keep ? 2 : 0)));
    expect(() => k.dropout(y, x, 100, 1.5, place)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: dropout: expected a rate in [0, 1], got 1.5]`,
    );
  });
});

describe("sums, softmax, losses", () => {
  it("reach their kernels", () => {
    const x = put([1, -2, 3, 4, 5, -6]);
    const y = put([100, 100, 100]);
    expect([k.sum(x, 6), k.sumSquares(x, 6), k.sumAbs(x, 6)]).toEqual([5, 91, 21]);
    k.sumRows(y, x, 2, 3);
    expect(get(y, 3)).toEqual([5, 3, -3]);
    k.sumCols(y, x, 2, 3, { scale: 2, accumulate: true });
    expect(get(y, 2)).toEqual([9, 9]);
    k.maxCols(y, x, 2, 3);
    expect(get(y, 2)).toEqual([3, 5]);
    const same = put([2, 2, 7, 7]);
    const p = room(4);
    k.softmax(p, same, 2, 2);
    expect(get(p, 4)).toEqual([0.5, 0.5, 0.5, 0.5]);
    k.softmaxGrad(p, p, put([1, 0, 0, 2]), 2, 2);
    expect(get(p, 4)).toEqual([0.25, -0.25, -0.5, 0.5]);
    k.logSumExp(y, same, 2, 2);
    expect(get(y, 2)).toEqual([Math.fround(2 + Math.LN2), Math.fround(7 + Math.LN2)]);
  });

  it("reach the losses", () => {
    const logits = put([2, 2, 7, 7]);
    const loss = room(4);
    const dx = room(4);
    k.softmaxCrossEntropy({
      loss,
      dx,
      logits,
      labels: words([0, 1]),
      rows: 2,
      cols: 2,
      sparse: true,
      gradScale: 2,
    });
    expect(get(loss, 2)).toEqual([Math.fround(Math.LN2), Math.fround(Math.LN2)]);
    expect(get(dx, 4)).toEqual([-1, 1, 1, -1]);
    k.softmaxCrossEntropy({ loss, logits, labels: put([0, 1, 1, 0]), rows: 2, cols: 2, sparse: false });
    expect(get(loss, 2)).toEqual([Math.fround(Math.LN2), Math.fround(Math.LN2)]);
    k.sigmoidCrossEntropy({ loss, dx, logits: put([0, 0]), targets: put([0, 1]), n: 2 });
    expect(get(loss, 2)).toEqual([Math.fround(Math.LN2), Math.fround(Math.LN2)]);
    expect(get(dx, 2)).toEqual([0.5, -0.5]);
    expect(k.accuracy(put([1, 2, 2, 1]), words([1, 1]), 2, 2, true)).toBe(1);
    expect(k.accuracy(put([1, 2, 2, 1]), put([0, 1, 1, 0]), 2, 2, false)).toBe(2);
    expect(k.binaryAccuracy(put([-1, 1]), put([0, 1]), 2)).toBe(2);
    const end = k.memory.memory.buffer.byteLength;
    expect(() =>
      k.softmaxCrossEntropy({ loss, logits, labels: end, rows: 2, cols: 2, sparse: true }),
    ).toThrowError("softmaxCrossEntropy: labels: expected 2 elements");
  });
});

describe("optimizer calls", () => {
  it("reach their kernels", () => {
    const grads = put([1, 1, 1, 1]);
    const fresh = () => ({ params: put([1, 1, 1, 1]), grads, n: 4, learningRate: 0.25 });
    const slot = (): number => put([0, 0, 0, 0]);

    const plain = fresh();
    k.sgd({ ...plain, ranges: [{ offset: 1, length: 2, weightDecay: 1 }] });
    expect(get(plain.params, 4)).toEqual([1, 0.5, 0.5, 1]);
    const nesterov = fresh();
    k.sgd({ ...nesterov, velocity: slot(), momentum: 0.5, nesterov: true });
    expect(get(nesterov.params, 4)).toEqual([0.625, 0.625, 0.625, 0.625]);
    const adagrad = fresh();
    k.adagrad({ ...adagrad, accumulator: slot(), epsilon: 0 });
    expect(get(adagrad.params, 1)).toEqual([0.75]);
    const rmsprop = fresh();
    k.rmsprop({ ...rmsprop, meanSquare: slot(), rho: 0.75, epsilon: 0 });
    expect(get(rmsprop.params, 1)).toEqual([0.5]);
    const adadelta = fresh();
    k.adadelta({ ...adadelta, meanSquare: slot(), meanSquareUpdate: slot(), rho: 0.5, epsilon: 0.5 });
    expect(get(adadelta.params, 1)[0]).toBeCloseTo(1 - 0.25 * Math.SQRT1_2, 6);
    const adam = fresh();
    k.adam({ ...adam, m: slot(), v: slot(), beta1: 0.9, beta2: 0.999, epsilon: 0, step: 0 });
    expect(get(adam.params, 1)[0]).toBeCloseTo(0.75, 6);
    const adamW = fresh();
    const ranges = [{ offset: 0, length: 4, weightDecay: 1 }];
    k.adam({
      ...adamW,
      ranges,
      m: slot(),
      v: slot(),
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 0,
      step: 0,
      decoupled: true,
    });
    expect(get(adamW.params, 1)[0]).toBeCloseTo(0.5, 6);
    expect(k.power(3, 5)).toBe(243);
  });

  it("refuse ranges outside the block", () => {
    const params = put([0, 0]);
    expect(() =>
      k.sgd({ params, grads: params, n: 2, learningRate: 1, ranges: [{ offset: 1, length: 2 }] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: sgd: expected ranges within 2 elements, got one to 3]`,
    );
  });
});

describe("gather calls", () => {
  it("reach their kernels", () => {
    const bytes = k.memory.allocate(6);
    k.memory.bytes(bytes, 6).set([1, 2, 3, 4, 5, 255]);
    const rows = { y: room(4), indices: words([2, 0]), batch: 2, features: 2, samples: 3 };
    k.gatherU8({ ...rows, x: bytes, scale: 2, shift: 1 });
    expect(get(rows.y, 4)).toEqual([11, 511, 3, 5]);
    k.gatherF32({
      ...rows,
      x: put([1, 2, 3, 4, 5, 6]),
      featureScale: put([10, 100]),
      featureShift: put([1, 2]),
    });
    expect(get(rows.y, 4)).toEqual([51, 602, 11, 202]);
    k.gatherU32({ ...rows, x: words([1, 2, 3, 4, 5, 6]) });
    expect([...k.memory.u32(rows.y, 4)]).toEqual([5, 6, 1, 2]);
    k.gatherLabelsU8({ ...rows, x: bytes });
    expect([...k.memory.u32(rows.y, 4)]).toEqual([5, 255, 1, 2]);
  });

  it("refuse an index that is no sample's", () => {
    const rows = { y: room(4), x: room(6), indices: words([2, 3]), batch: 2, features: 2, samples: 3 };
    expect(() => k.gatherF32(rows)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: gatherF32: expected indices in [0, 3), got 3 at position 1]`,
    );
  });
});
