// Random small arguments for every instruction. What the table says is enough for most; the others have a line here.
import fc from "fast-check";
import {
  type ConvGeometry,
  chooseConv2dAlgorithm,
  type InstructionName,
  type InstructionTable,
  instructions,
  type MapProgram,
  optimizerTable,
  planMap,
} from "../../src/index.js";
import { operandsOf } from "../../src/instructions/check.js";
import type { Conv2dPass } from "../../src/instructions/conv-plan.js";
import { kinds } from "../../src/instructions/instructions.gen.js";
import { convGeometry, convShape, windowGeometry } from "./geometry.js";
import type { Data } from "./instruction.js";

/** Sizes and scalars, and the operands whose contents matter. */
export interface Example {
  readonly numbers: Readonly<Record<string, number | string | Uint32Array>>;
  readonly data?: Readonly<Record<string, Data>>;
}

const small = fc.integer({ min: 0, max: 70 });
const flag = fc.integer({ min: 0, max: 1 });

/** From the kinds of the arguments alone. */
function byKind(name: InstructionName): fc.Arbitrary<Example> {
  const numbers: Record<string, fc.Arbitrary<number | string>> = {};
  const flags = new Set(operandsOf(name).flags);
  for (const argument of instructions[name].args as readonly string[]) {
    const [own, kind] = argument.split(":") as [string, string];
    if (kind in kinds) numbers[own] = fc.constantFrom(...Object.keys(kinds[kind]!));
    else if (flags.has(own)) numbers[own] = flag;
    else if (kind === "u") numbers[own] = small;
    else if (kind === "f") numbers[own] = fc.constantFrom(0.25, 0.5, 1, 2);
  }
  return fc.record(numbers).map((made) => ({ numbers: made }));
}

const words = (length: number, below: number, seed: number): Uint32Array =>
  Uint32Array.from({ length }, (_, i) => ((i + 1) * (seed * 2 + 7919)) % below);

const with_ = (
  name: InstructionName,
  data: (numbers: Record<string, number>, seed: number) => Record<string, Data>,
) =>
  fc.record({ example: byKind(name), seed: small }).map(({ example: { numbers }, seed }) => ({
    numbers,
    data: data(numbers as Record<string, number>, seed),
  }));

const gap = fc.integer({ min: 0, max: 3 });

const product = fc
  .record({ M: small, N: small, K: small, transA: flag, transB: flag, gaps: fc.tuple(gap, gap, gap) })
  .map(({ M, N, K, transA, transB, gaps: [a, b, c] }) => ({
    ...{ M, N, K, transA, transB },
    ...{ lda: (transA ? M : K) + a, ldb: (transB ? K : N) + b, ldc: N + c },
  }));

const gemm = fc
  .record({ sizes: product, batch: fc.integer({ min: 0, max: 3 }), activation: flag, accumulate: flag })
  .map(({ sizes, batch, activation, accumulate }) => ({
    numbers: {
      ...{ ...sizes, batch, activation, accumulate },
      strideA: (sizes.transA ? sizes.K : sizes.M) * sizes.lda,
      strideB: (sizes.transB ? sizes.N : sizes.K) * sizes.ldb,
      strideC: sizes.M * sizes.ldc,
    },
  }));

const masked = fc
  .record({
    sizes: product,
    M: fc.integer({ min: 4, max: 40 }),
    N: fc.integer({ min: 32, max: 70 }),
    K: fc.integer({ min: 1, max: 32 }),
  })
  .map(({ sizes: { transA, transB }, M, N, K }) => ({
    numbers: {
      ...{ M, N, K, transA, transB },
      ...{ lda: transA ? M : K, ldb: transB ? K : N, ldc: N + 1 },
    },
    data: { rate: Float32Array.of(0.25) },
  }));

/** Any geometry, and one that suits Winograd or the window's own kernels. */
const geometry = fc.oneof(convGeometry, suitable());

function suitable(): fc.Arbitrary<ConvGeometry> {
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 3 }),
      height: fc.integer({ min: 7, max: 12 }),
      width: fc.integer({ min: 7, max: 12 }),
      channels: fc.constantFrom(1, 8, 12),
      filters: fc.constantFrom(8, 16),
      pads: fc.tuple(flag, flag, flag, flag),
    })
    .map(convShape);
}

const planned = (pass: Conv2dPass, geometries: fc.Arbitrary<ConvGeometry>) =>
  fc.record({ g: geometries, activation: flag }).map(({ g, activation }) => ({
    ...g,
    ...(pass === "forward" && { activation }),
    algorithm: chooseConv2dAlgorithm(pass, g, "standard"),
  }));

const conv = (pass: Conv2dPass) => planned(pass, geometry).map((numbers) => ({ numbers }));

/** The passes with a pool inside have no general algorithm; with one channel there is no gradient of the input. */
const pooled = suitable().map((g) => (g.channels === 1 ? { ...g, channels: 8 } : g));

const places = (values: number, below: number): Uint8Array =>
  Uint8Array.from({ length: values }, (_, i) => (i * 7) % below);

const convPoolGrad = planned("grad", pooled).map((numbers) => ({
  numbers,
  data: {
    argmax: places(numbers.batch * (numbers.outHeight >> 1) * (numbers.outWidth >> 1) * numbers.filters, 5),
  },
}));

const window = windowGeometry.map((w) => ({ ...w }));

/** No place of a window lies outside, so that any of them may be a maximum's. */
const poolGrad = windowGeometry.map((w) => {
  const numbers = {
    ...{ ...w, padTop: 0, padLeft: 0 },
    height: (w.outHeight - 1) * w.strideHeight + (w.kernelHeight - 1) * w.dilationHeight + 1,
    width: (w.outWidth - 1) * w.strideWidth + (w.kernelWidth - 1) * w.dilationWidth + 1,
  };
  const values = w.batch * w.outHeight * w.outWidth * w.channels;
  return { numbers, data: { argmax: places(values, w.kernelHeight * w.kernelWidth) } };
});

const permute = fc
  .record({
    dims: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
    turn: fc.integer({ min: -2, max: 2 }),
  })
  .map(({ dims, turn }) => {
    const numbers: Record<string, number> = { rank: dims.length };
    for (let i = 0; i < 6; i++) {
      numbers[`dim${i}`] = dims[i] ?? 0;
      numbers[`stride${i}`] = turn * (i + 1) * (i % 2 ? 1 : -1);
    }
    return { numbers };
  });

const gather = (name: InstructionName) =>
  with_(name, ({ batch }, seed) => ({
    position: Uint32Array.of(seed % 5),
    indices: words((seed % 5) + batch!, 9, seed),
  }));

/** Rows of every length, with indices below n and a few beyond; a few of every size, since they multiply. */
const byRows = fc
  .record({
    outer: fc.integer({ min: 0, max: 3 }),
    n: fc.integer({ min: 0, max: 40 }),
    count: fc.integer({ min: 0, max: 40 }),
    inner: fc.constantFrom(0, 1, 2, 5, 16, 63, 64, 67, 130),
    seed: small,
  })
  .map(({ seed, ...numbers }) => ({
    numbers,
    data: {
      indices: words(numbers.count, numbers.n + 2, seed).map((i) => (i > numbers.n ? 2 ** 32 - 1 : i)),
    },
  }));
const rowsMissing = byRows.map(({ numbers, data }) => ({
  numbers: { ...numbers, missing: 0x7fc00000 },
  data,
}));

const update = (name: InstructionName, scalars: readonly number[]) =>
  with_(name, ({ count }, seed) => ({
    table: optimizerTable(
      Array.from({ length: count! }, (_, i) => ({
        ...{ offset: 7 * i + (seed % 3), length: (seed + i) % 5, frozen: i % 4 === 3 },
        weightDecay: i % 2 ? 0.1 : 0,
      })),
    ),
    scalars: Float64Array.from(scalars),
    ...(name === "adam" && { step: Uint32Array.of(seed, 0) }),
  }));

/** A formula with every extent, a sum along the row and one over rows. */
const map = fc.record({ rows: small, cols: fc.integer({ min: 0, max: 70 }) }).map(({ rows, cols }) => {
  const program: MapProgram = {
    rows,
    cols,
    values: [
      { kind: "input", extent: "full" },
      { kind: "input", extent: "row" },
      { kind: "input", extent: "column" },
      { kind: "input", extent: "scalar" },
      { kind: "apply", primitive: "madd", args: [0, 1, 3] },
      { kind: "reduce", reduction: "sum", of: 4 },
      { kind: "apply", primitive: "sub", args: [5, 2] },
      { kind: "apply", primitive: "mul", args: [4, 6] },
    ],
    outputs: [
      { value: 7, extent: "full" },
      { value: 6, extent: "column" },
    ],
    rowSums: [{ value: 7 }],
  };
  const [{ args }] = planMap(program, 4).lower({
    ...{ inputs: [64, 64, 64, 64], outputs: [2 ** 40, 2 ** 41], rowSums: [0], scratch: 0 },
  }) as unknown as [{ args: InstructionTable["map"] }];
  const { code, partRows, share, inExtents, outExtents } = args;
  const unused = [
    ...[4, 5, 6, 7, 8, 9, 10, 11].map((i) => [`in${i}`, 0]),
    ...[3, 4, 5, 6, 7].map((i) => [`out${i}`, 0]),
  ];
  return {
    numbers: {
      ...{ rows, cols, code, partRows, share, inExtents, outExtents },
      ...Object.fromEntries(unused),
    },
  };
});

const drawn = { rate: Float32Array.of(0.25) };

const SPECIAL: { readonly [K in InstructionName]?: fc.Arbitrary<Example> } = {
  load_row: fc
    .tuple(small, small)
    .map(([tick, n]) => ({ numbers: { n }, data: { tick: Uint32Array.of(tick) } })),
  // A body has instructions of its own behind it: see loop.test.ts.
  loop: small.map((count) => ({
    numbers: { length: 0, count, moves: new Uint32Array(0), moved: 0, share: 128 },
  })),
  gemm,
  gemm_masked: masked,
  conv2d: conv("forward"),
  conv2d_input_grad: conv("inputGrad"),
  conv2d_kernel_grad: conv("kernelGrad"),
  conv2d_grad: conv("grad"),
  conv2d_relu_pool: planned("forward", pooled).map(({ activation: _, ...numbers }) => ({ numbers })),
  conv2d_relu_pool_grad: convPoolGrad,
  im2col: window.map((numbers) => ({ numbers })),
  col2im: window.map((numbers) => ({ numbers })),
  max_pool2d: window.map((numbers) => ({ numbers })),
  max_pool2d_grad: poolGrad,
  avg_pool2d: fc
    .record({ w: window, includePadding: flag })
    .map(({ w, ...rest }) => ({ numbers: { ...w, ...rest } })),
  avg_pool2d_grad: fc
    .record({ w: window, includePadding: flag })
    .map(({ w, ...rest }) => ({ numbers: { ...w, ...rest } })),
  dropout: with_("dropout", () => drawn),
  dropout_relu_grad: with_("dropout_relu_grad", () => drawn),
  permute,
  map,
  sgd: update("sgd", [0.1, 0.9]),
  adagrad: update("adagrad", [0.1, 1e-8]),
  rmsprop: update("rmsprop", [0.1, 0.9, 1e-8]),
  adadelta: update("adadelta", [0.1, 0.9, 1e-6]),
  adam: update("adam", [0.1, 0.9, 0.999, 1e-8]),
  gather_u8: gather("gather_u8"),
  gather_f32: gather("gather_f32"),
  gather_u32: gather("gather_u32"),
  gather_labels_u8: gather("gather_labels_u8"),
  gather_rows: rowsMissing,
  scatter_add_rows: byRows,
};

/** Arguments of an instruction that fit each other. */
export const exampleOf = (name: InstructionName): fc.Arbitrary<Example> => SPECIAL[name] ?? byKind(name);

/** Contents for an operand of so many elements: numbers of its type in [½, 1), with both signs where it has them. */
export function contents(name: InstructionName, operand: string, elements: number): Data {
  const value = (i: number) => (i % 2 ? 1 : -1) * (0.5 + ((i * 7919) % 509) / 1018);
  switch (operandsOf(name).operands[operand]!.type) {
    case "f64":
      return Float64Array.from({ length: elements }, (_, i) => value(i));
    case "u8":
      return Uint8Array.from({ length: elements }, (_, i) => i * 37);
    case "u32":
      return Uint32Array.from({ length: elements }, (_, i) => i % 3);
    case "u64":
      return Uint32Array.from({ length: 2 * elements }, (_, i) => i);
    case "f32":
      return Float32Array.from({ length: elements }, (_, i) => value(i));
  }
}
