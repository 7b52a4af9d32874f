import fc from "fast-check";
import type { Padding, Pair } from "../../src/graph/geometry.js";
import { type Shape, sizeOf } from "../../src/graph/shape.js";
import type { Tensor } from "../../src/graph/tensor.js";
import * as ops from "../../src/ops/index.js";

/** An op on operands of given shapes. */
export interface OpCase {
  readonly operands: readonly Operand[];
  make(...operands: Tensor[]): Tensor;
  /** The most products that are added up in one number of the output or of a gradient. */
  readonly terms: number;
  /** True for an op that is linear in each operand with factors of at least 0: its values on absolute values are the bound's Σ|aᵢbᵢ|. */
  readonly linear?: boolean;
}

/** What an operand's values are like. */
export interface Operand {
  readonly shape: Shape;
  /**
   * `free`: of both signs, all different and none near 0, so that no kink is near; `positive`: at least 0.3; `share`: in (0, 1), no gradient;
   * `rows`: shares whose rows sum to 1, no gradient; `class`: indices below `classes`, no gradient.
   */
  readonly values: "free" | "positive" | "share" | "rows" | "class";
  readonly classes?: number;
}

const free = (shape: Shape): Operand => ({ shape, values: "free" });
const positive = (shape: Shape): Operand => ({ shape, values: "positive" });

// Around the four lanes of a vector, and a prime beyond three turns of four.
const length = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 13, 17, 53);
const short = fc.integer({ min: 1, max: 5 });
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(length),
  fc.tuple(short, length),
  fc.tuple(short, short, short),
  fc.tuple(short, short, short, short),
);

const unary = (
  make: (x: Tensor) => Tensor,
  options: { positive?: boolean; linear?: boolean } = {},
): fc.Arbitrary<OpCase> =>
  shape.map((s) => ({
    operands: [options.positive ? positive(s) : free(s)],
    make: (x) => make(x!),
    terms: 1,
    ...(options.linear && { linear: true }),
  }));

/** Two shapes that broadcast: of one shape either may leave out leading dimensions and have 1 for others. */
const operandPair: fc.Arbitrary<[Shape, Shape]> = shape.chain((whole) => {
  const cut = fc.record({
    from: fc.integer({ min: 0, max: whole.length }),
    ones: fc.array(fc.boolean(), { minLength: whole.length, maxLength: whole.length }),
  });
  const part = ({ from, ones }: { from: number; ones: boolean[] }): Shape =>
    whole.map((n, i) => (ones[i] ? 1 : n)).slice(from);
  return fc.oneof(
    fc.constant<[Shape, Shape]>([whole, whole]),
    cut.map((one): [Shape, Shape] => [whole, part(one)]),
    cut.map((one): [Shape, Shape] => [part(one), whole]),
    fc.tuple(cut, cut).map(([a, b]): [Shape, Shape] => [part(a), part(b)]),
  );
});

const binary = (make: (a: Tensor, b: Tensor) => Tensor, divisor = false): fc.Arbitrary<OpCase> =>
  operandPair.map(([a, b]) => ({
    operands: [free(a), divisor ? positive(b) : free(b)],
    make: (x, y) => make(x!, y!),
    terms: 2 * Math.max(sizeOf(a), sizeOf(b)) * 5,
  }));

const reduction = (make: (x: Tensor) => Tensor, linear = false): fc.Arbitrary<OpCase> =>
  shape.map((s) => ({
    operands: [free(s)],
    make: (x) => make(x!),
    terms: sizeOf(s),
    ...(linear && { linear }),
  }));

/** Values that are never equal to those of another operand, or whole: away from the steps and kinks that central differences cannot see. */
const apart = (x: Tensor): Tensor => ops.addScalar(x, 0.03713);

/** A reduction over some axes, or all. */
const overAxes = (
  make: (x: Tensor, options?: ops.ReduceOptions) => Tensor,
  linear = true,
): fc.Arbitrary<OpCase> =>
  shape
    .chain((s) =>
      fc.record({
        s: fc.constant(s),
        axes: fc.option(fc.subarray(s.map((_, i) => i)), { nil: undefined }),
        keepDims: fc.boolean(),
      }),
    )
    .map(({ s, axes, keepDims }) => ({
      operands: [free(s)],
      make: (x) => make(x!, axes && { axes, keepDims }),
      terms: sizeOf(s),
      linear,
    }));

const pad = fc.integer({ min: 0, max: 2 });
const bit = fc.integer({ min: 0, max: 1 });
const padding: fc.Arbitrary<Padding> = fc.tuple(pad, pad, pad, pad);
const pair = (max: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));

/** Small convolutions of every geometry, and now and then one that Winograd's algorithm takes. */
const conv2d: fc.Arbitrary<OpCase> = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        batch: fc.integer({ min: 1, max: 3 }),
        channels: fc.constantFrom(1, 2, 3, 5),
        filters: fc.constantFrom(1, 2, 4, 5),
        groups: fc.constantFrom(1, 1, 2),
        size: fc.tuple(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 9 })),
        kernel: pair(3),
        stride: pair(2),
        dilation: pair(2),
        padding,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        batch: fc.integer({ min: 1, max: 2 }),
        channels: fc.constantFrom(8, 9),
        filters: fc.constantFrom(8, 11),
        groups: fc.constant(1),
        size: fc.tuple(fc.integer({ min: 10, max: 14 }), fc.integer({ min: 10, max: 13 })),
        kernel: fc.constant<Pair>([3, 3]),
        stride: fc.constant<Pair>([1, 1]),
        dilation: fc.constant<Pair>([1, 1]),
        padding,
      }),
    },
  )
  .map(({ batch, channels, filters, groups, size: [height, width], kernel, ...options }) => {
    const perGroup = Math.ceil(channels / groups);
    const all = Math.ceil(filters / groups) * groups;
    return {
      operands: [free([batch, perGroup * groups, height, width]), free([all, perGroup, ...kernel])],
      make: (x: Tensor, w: Tensor) => ops.conv2d(x, w, { ...options, groups }),
      // A kernel's gradient adds over all places of all images; the others over channels or filters and the window.
      terms: Math.max(batch * (height + 4) * (width + 4), Math.max(perGroup, all) * kernel[0] * kernel[1]),
      linear: true,
    };
  });

/** Small transposed convolutions of every geometry: the pads are smaller than what there is. */
const conv2dTranspose: fc.Arbitrary<OpCase> = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    channels: fc.constantFrom(1, 2, 5),
    filters: fc.constantFrom(1, 2, 4),
    size: fc.tuple(fc.integer({ min: 4, max: 6 }), fc.integer({ min: 4, max: 6 })),
    kernel: pair(4),
    stride: pair(3),
    dilation: pair(2),
    padding: fc.tuple(bit, pad, bit, pad),
  })
  .map(({ batch, channels, filters, size, kernel, ...options }) => ({
    operands: [free([batch, channels, ...size]), free([channels, filters, ...kernel])],
    make: (x: Tensor, w: Tensor) => ops.conv2dTranspose(x, w, options),
    terms: Math.max(batch * size[0] * size[1], Math.max(channels, filters) * kernel[0] * kernel[1]),
    linear: true,
  }));

const pool = (
  make: (x: Tensor, options: ops.Pool2dOptions & { includePadding: boolean }) => Tensor,
  linear: boolean,
): fc.Arbitrary<OpCase> =>
  fc
    .record({
      planes: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(1, 3, 4, 5)),
      size: fc.tuple(fc.integer({ min: 3, max: 8 }), fc.integer({ min: 3, max: 8 })),
      kernelSize: fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 })),
      stride: pair(3),
      pads: fc.tuple(bit, bit, bit, bit),
      includePadding: fc.boolean(),
    })
    .map(({ planes, size, pads, ...options }) => ({
      operands: [free([...planes, ...size])],
      make: (x) => make(x!, { ...options, padding: pads }),
      terms: 9,
      linear,
    }));

/** An op along one axis of a shape. */
const alongAxis = (make: (x: Tensor, axis?: number) => Tensor): fc.Arbitrary<OpCase> =>
  fc.tuple(shape, fc.option(fc.nat(), { nil: undefined })).map(([s, at]) => ({
    operands: [free(s)],
    make: (x) => make(x!, at === undefined ? undefined : (at % s.length) - (at % 2) * s.length),
    terms: sizeOf(s),
  }));

/** Leading dimensions of two operands that broadcast. */
const leads: fc.Arbitrary<[Shape, Shape]> = fc.constantFrom<[Shape, Shape]>(
  [[3], [3]],
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], []],
  [[], [3]],
  [[2, 1], [3]],
  [
    [1, 2],
    [3, 1],
  ],
);

/** op(a) [leadA, M, K] · op(b) [leadB, K, N]. */
const product = (
  leadA: Shape,
  leadB: Shape,
  M: number,
  N: number,
  K: number,
  transposeA: boolean,
  transposeB: boolean,
): OpCase => ({
  operands: [
    free([...leadA, ...(transposeA ? [K, M] : [M, K])]),
    free([...leadB, ...(transposeB ? [N, K] : [K, N])]),
  ],
  make: (a: Tensor, b: Tensor) => ops.matmul(a, b, { transposeA, transposeB }),
  // An operand that is repeated gathers its gradient from each product.
  terms: 6 * Math.max(M, N, K),
  linear: true,
});

/** A shape and the shape of indices that stand in place of one of its axes; `size`: how long that axis is in a sum over indices. */
const indexed = fc.record({
  s: shape,
  at: fc.nat(7),
  size: length,
  indices: fc.array(short, { maxLength: 2 }),
});

/** Cases of every op that leaves src/ops. `dropout` has its own tests, since its reference cannot draw. */
export const opCases: Readonly<Record<string, fc.Arbitrary<OpCase>>> = {
  abs: unary(ops.abs),
  add: binary(ops.add),
  addBias: fc.tuple(fc.oneof(fc.tuple(short, length), fc.tuple(short, length, short, short))).map(([s]) => ({
    operands: [free(s), free([s[1]!])],
    make: (x, b) => ops.addBias(x!, b!),
    terms: sizeOf(s) / s[1]!,
    linear: true,
  })),
  addScalar: unary((x) => ops.addScalar(x, -0.75)),
  avgPool2d: pool(ops.avgPool2d, true),
  broadcastTo: operandPair.map(([a, b]) => {
    const [from, to] = sizeOf(a) > sizeOf(b) ? [b, a] : [a, b];
    const whole = to.length < from.length ? [...from.slice(0, from.length - to.length), ...to] : to;
    const common = whole.map((n, i) => Math.max(n, from[i - whole.length + from.length] ?? 1));
    return {
      operands: [free(from)],
      make: (x) => ops.broadcastTo(x!, common),
      terms: sizeOf(common),
      linear: true,
    };
  }),
  concat: fc
    .tuple(shape, fc.nat(3), fc.array(length, { minLength: 1, maxLength: 3 }))
    .map(([s, at, sizes]) => {
      const axis = at % s.length;
      return {
        operands: sizes.map((size) => free(s.map((n, i) => (i === axis ? size : n)))),
        make: (...parts) => ops.concat(parts, axis),
        terms: 1,
        linear: true,
      };
    }),
  conv2d,
  conv2dTranspose,
  div: binary(ops.div, true),
  elu: fc.oneof(
    unary((x) => ops.elu(x, 0.7)),
    unary((x) => ops.elu(x, 1)),
  ),
  exp: unary(ops.exp),
  fill: shape.map((s) => ({
    operands: [free([])],
    make: (x) => ops.mul(ops.fill(s, 0.3), x!),
    terms: sizeOf(s),
    linear: true,
  })),
  gelu: fc.oneof(
    unary((x) => ops.gelu(x)),
    unary((x) => ops.gelu(x, { approximate: true })),
  ),
  // The kinks at −3 and 3 are not looked at: operands are smaller.
  hardSwish: unary(ops.hardSwish),
  leakyRelu: unary((x) => ops.leakyRelu(x, 0.1)),
  log: unary(ops.log, { positive: true }),
  logSoftmax: alongAxis(ops.logSoftmax),
  matmul: fc.oneof(
    fc
      .tuple(length, length, length, fc.boolean(), fc.boolean())
      .map((sizes): OpCase => product([], [], ...sizes)),
    fc
      .tuple(leads, length, length, length, fc.boolean(), fc.boolean())
      .map(([[a, b], ...sizes]): OpCase => product(a, b, ...sizes)),
  ),
  maxPool2d: pool(ops.maxPool2d, false),
  mean: overAxes(ops.mean),
  mish: unary(ops.mish),
  mul: binary(ops.mul),
  neg: unary(ops.neg),
  pad: fc.tuple(shape, fc.array(fc.tuple(bit, pad), { minLength: 1, maxLength: 4 })).map(([s, pads]) => ({
    operands: [free(s)],
    make: (x) => ops.pad(x!, pads.slice(0, s.length), undefined, 0.5),
    terms: 1,
  })),
  reciprocal: unary(ops.reciprocal, { positive: true }),
  relu: unary(ops.relu),
  reshape: unary((x) => ops.reshape(x, [sizeOf(x.shape), 1]), { linear: true }),
  scale: unary((x) => ops.scale(x, -2.5)),
  sigmoid: unary(ops.sigmoid),
  sigmoidCrossEntropyWithLogits: shape.map((s) => ({
    operands: [free(s), { shape: s, values: "share" }],
    make: (z, t) => ops.sigmoidCrossEntropyWithLogits(z!, t!),
    terms: 1,
  })),
  selu: unary(ops.selu),
  sign: unary(ops.sign),
  silu: unary(ops.silu),
  slice: fc
    .tuple(
      shape,
      fc.array(fc.tuple(fc.nat(60), fc.constantFrom(1, 2, 3, -1, -2), fc.nat(60)), { maxLength: 4 }),
    )
    .map(([s, cuts]) => {
      const along = cuts.slice(0, s.length).map(([from, step, to], axis) => {
        const [a, b] = [from % s[axis]!, to % s[axis]!];
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        return step > 0 ? { start: low, end: high + 1, step } : { start: high, end: low || undefined, step };
      });
      const starts = along.map(({ start }) => start);
      const ends = along.map(({ end, start, step }) => (step < 0 && end === start ? start - 1 : end));
      const steps = along.map(({ step }) => step);
      return {
        operands: [free(s)],
        make: (x) =>
          ops.slice(x!, { starts, ends: ends.map((end) => (end === -1 ? undefined : end)), steps }),
        terms: 1,
        linear: true,
      };
    }),
  scan: fc.tuple(short, length, fc.boolean()).map(([times, n, reverse]) => ({
    operands: [free([times, n]), free([n])],
    make: (x, h) => {
      const step = ([carried]: readonly [Tensor], [now]: readonly Tensor[]) => {
        const next = ops.tanh(ops.add(ops.mul(now!, carried), now!));
        return { carry: [next] as const, outputs: [next] };
      };
      return ops.scan(step, { init: [h!], inputs: [x!], reverse }).outputs[0]!;
    },
    // A step's slope is c·(1 − y²)·(1 + h) with |c| < 2 and |h| < 2; tanh, 2.5 ulp off, and its argument leave y within 3.5 · 2⁻²⁴, and so 1 − y² within
    // 7 · 2⁻²⁴ and the slope within 42 · 2⁻²⁴.
    terms: 42 * times,
  })),
  softplus: unary(ops.softplus),
  softmax: alongAxis(ops.softmax),
  softmaxCrossEntropyWithLogits: fc.tuple(short, length, fc.boolean()).map(([rows, cols, sparse]) => ({
    operands: [
      free([rows, cols]),
      sparse ? { shape: [rows], values: "class", classes: cols } : { shape: [rows, cols], values: "rows" },
    ],
    make: (z, t) => ops.softmaxCrossEntropyWithLogits(z!, t!),
    terms: cols,
  })),
  sqrt: unary(ops.sqrt, { positive: true }),
  square: unary(ops.square),
  sub: binary(ops.sub),
  sum: overAxes(ops.sum),
  sumAbs: reduction(ops.sumAbs),
  sumSquares: reduction(ops.sumSquares),
  tanh: unary(ops.tanh),
  stack: fc.tuple(shape, fc.nat(4), short).map(([s, at, count]) => ({
    operands: Array.from({ length: count }, () => free(s)),
    make: (...parts) => ops.stack(parts, at % (s.length + 1)),
    terms: 1,
    linear: true,
  })),
  transpose: shape
    .chain((s) =>
      fc.tuple(
        fc.constant(s),
        fc.shuffledSubarray(
          s.map((_, i) => i),
          { minLength: s.length },
        ),
      ),
    )
    .map(([s, order]) => ({
      operands: [free(s)],
      make: (x) => ops.transpose(x!, order),
      terms: 1,
      linear: true,
    })),
  ceil: unary((x) => ops.ceil(apart(x))),
  clip: unary((x) => ops.clip(apart(x), -0.45, 1.15)),
  cos: unary(ops.cos),
  equal: binary((a, b) => ops.equal(a, apart(b))),
  erf: unary(ops.erf),
  expm1: unary(ops.expm1),
  floor: unary((x) => ops.floor(apart(x))),
  greater: binary((a, b) => ops.greater(a, apart(b))),
  greaterOrEqual: binary((a, b) => ops.greaterOrEqual(a, apart(b))),
  less: binary((a, b) => ops.less(a, apart(b))),
  lessOrEqual: binary((a, b) => ops.lessOrEqual(a, apart(b))),
  log1p: unary(ops.log1p, { positive: true }),
  max: overAxes(ops.max, false),
  maximum: binary((a, b) => ops.maximum(a, apart(b))),
  min: overAxes(ops.min, false),
  minimum: binary((a, b) => ops.minimum(a, apart(b))),
  notEqual: binary((a, b) => ops.notEqual(a, apart(b))),
  round: unary((x) => ops.round(apart(x))),
  rsqrt: unary(ops.rsqrt, { positive: true }),
  sin: unary(ops.sin),
  unstack: fc.tuple(shape, fc.nat(3)).map(([s, at]) => ({
    operands: [free(s)],
    make: (x) => {
      const parts = ops.unstack(x!, at % s.length);
      return ops.sub(parts[0]!, ops.scale(parts.at(-1)!, 0.5));
    },
    terms: 2,
  })),
  where: operandPair.map(([a, b]) => ({
    operands: [free(a), free(b)],
    make: (x, y) => ops.where(ops.greater(x!, apart(y!)), x!, y!),
    terms: sizeOf(a) * sizeOf(b),
  })),
  arange: length.map((n) => ({
    operands: [free([])],
    make: (x) => ops.mul(ops.arange(n, -0.5, 0.25), x!),
    terms: n,
  })),
  argmax: alongAxis((x, axis) =>
    ops.cast(ops.argmax(x, axis === undefined ? {} : { axis, keepDims: true }), "f32"),
  ),
  cast: fc.oneof(
    unary((x) => ops.cast(ops.cast(ops.abs(apart(ops.scale(x, 3))), "u32"), "f32")),
    unary((x) => ops.cast(ops.cast(ops.floor(ops.abs(apart(x))), "bool"), "f32")),
  ),
  gather: indexed.map(({ s, at, indices }) => {
    const axis = at % s.length;
    return {
      operands: [free(s), { shape: indices, values: "class", classes: s[axis]! }],
      make: (x, i) => ops.gather(x!, i!, { axis: at % 2 ? axis : axis - s.length }),
      terms: 25,
      linear: true,
    };
  }),
  oneHot: fc.tuple(shape, length).map(([s, classes]) => ({
    // One class more than there are columns, whose row is 0.
    operands: [{ shape: s, values: "class", classes: classes + 1 }],
    make: (i) => ops.oneHot(i!, classes),
    terms: 1,
  })),
  pow: fc.oneof(
    operandPair.map(
      ([a, b]): OpCase => ({
        operands: [positive(a), free(b)],
        make: (x, y) => ops.pow(x!, y!),
        terms: 2 * Math.max(sizeOf(a), sizeOf(b)) * 5,
      }),
    ),
    ...[0, 1, 2, 3, 5].map((n) => unary((x) => ops.pow(x, n))),
    ...[-3, -1, -0.5, 0.5, 1.7].map((n) => unary((x) => ops.pow(x, n), { positive: true })),
  ),
  takeAlongAxis: fc.record({ s: shape, at: fc.nat(7), count: short }).map(({ s, at, count }) => {
    const axis = at % s.length;
    return {
      operands: [free(s), { shape: s.with(axis, count), values: "class", classes: s[axis]! }],
      make: (x, i) => ops.takeAlongAxis(x!, i!, { axis: at % 2 ? axis : axis - s.length }),
      terms: 25,
      linear: true,
    };
  }),
  scatterAdd: indexed.map(({ s, at, size, indices }) => {
    const axis = at % s.length;
    return {
      operands: [
        free([...s.slice(0, axis), ...indices, ...s.slice(axis + 1)]),
        // One index more than there are places, whose update is left out.
        { shape: indices, values: "class", classes: size + 1 },
      ],
      make: (x, i) => ops.scatterAdd(x!, i!, { size, axis: at % 2 ? axis : axis - s.length }),
      terms: 25,
      linear: true,
    };
  }),
};
