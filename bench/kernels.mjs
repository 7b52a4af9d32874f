// Kernels against the plain loops of plain-loops.mjs, on one thread.
import {
  binaryKinds,
  chooseConv2dAlgorithm,
  conv2dScratchBytes,
  gemmScratchBytes,
  optimizerTable,
  unaryKinds,
} from "../packages/kernels-as/dist/index.js";
import { numbers, program, put, withEngine } from "./engines.mjs";
import { interleaved } from "./measure.mjs";
import * as plain from "./plain-loops.mjs";
import { convolutions } from "./shapes.mjs";

const N = 65536;
const ROWS = 128;
const COLS = 512;

const UNARY_LOOPS = {
  relu: plain.relu,
  exp: plain.exp,
  log: plain.log,
  tanh: plain.tanh,
  sigmoid: plain.sigmoid,
};

/** Each case: what the kernel is given, made by `ours`, and the loop that does the same, made by `loop`. */
const cases = [
  {
    name: "gemm 128x128x128",
    ours: async (engine) => {
      const [M, N, K] = [128, 128, 128];
      const sizes = { M, N, K, lda: K, ldb: N, ldc: N, transA: 0, transB: 0, accumulate: 0, activation: 0 };
      const batch = { batch: 1, strideA: 0, strideB: 0, strideC: 0, bias: 0 };
      const [a, b, c] = await floats(engine, M * K, K * N, M * N);
      return [
        "gemm",
        { a, b, c, ...sizes, ...batch, scratch: await engine.allocate(gemmScratchBytes({ M, N, K }, 1)) },
      ];
    },
    loop: () => {
      const operands = {
        a: numbers(16384),
        b: numbers(16384, 2),
        c: new Float32Array(16384),
        M: 128,
        N: 128,
        K: 128,
      };
      return () => plain.gemm(operands);
    },
  },
  ...Object.entries(UNARY_LOOPS).map(([kind, loop]) => ({
    name: `${kind} ${N}`,
    ours: async (engine) => {
      const y = await engine.allocate(4 * N);
      const x = await put(engine, numbers(N).map(kind === "log" ? Math.abs : (v) => v));
      return ["unary", { y, x, n: N, kind: unaryKinds[kind], alpha: 0 }];
    },
    loop: () => {
      const operands = { y: new Float32Array(N), x: numbers(N).map(kind === "log" ? Math.abs : (v) => v) };
      return () => loop(operands);
    },
  })),
  {
    name: `relu gradient ${N}`,
    ours: async (engine) => {
      const [dx, v, dy] = await floats(engine, N, N, N);
      return ["unary_grad", { dx, v, dy, n: N, kind: unaryKinds.relu, alpha: 0 }];
    },
    loop: () => {
      const operands = { dx: new Float32Array(N), y: numbers(N, 2), dy: numbers(N, 3) };
      return () => plain.reluGrad(operands);
    },
  },
  {
    name: `add ${N}`,
    ours: async (engine) => {
      const [y, a, b] = await floats(engine, N, N, N);
      return ["binary", { y, a, b, n: N, kind: binaryKinds.add }];
    },
    loop: () => {
      const operands = { y: new Float32Array(N), a: numbers(N, 2), b: numbers(N, 3) };
      return () => plain.add(operands);
    },
  },
  {
    name: `add to rows ${ROWS}x${COLS}`,
    ours: async (engine) => {
      const [y, a, b] = await floats(engine, N, N, COLS);
      return ["binary_rows", { y, a, b, rows: ROWS, cols: COLS, kind: binaryKinds.add }];
    },
    loop: () => {
      const operands = {
        y: new Float32Array(N),
        a: numbers(N, 2),
        b: numbers(COLS, 3),
        rows: ROWS,
        cols: COLS,
      };
      return () => plain.addRows(operands);
    },
  },
  {
    name: `dropout ${N}`,
    ours: async (engine) => {
      const [y, x] = await floats(engine, N, N);
      const rate = await put(engine, Float32Array.of(0.2));
      const seed = await put(engine, Uint32Array.of(7, 0));
      return ["dropout", { y, x, n: N, rate, seed, stream: 0, step: await engine.allocate(8) }];
    },
    loop: () => {
      const operands = { y: new Float32Array(N), x: numbers(N), rate: 0.2 };
      return () => plain.dropout(operands);
    },
  },
  {
    name: `sum of rows ${ROWS}x${COLS}`,
    ours: async (engine) => {
      const [y, x] = await floats(engine, COLS, N);
      return ["sum_rows", { y, x, batch: 1, rows: ROWS, cols: COLS, scale: 1, accumulate: 0 }];
    },
    loop: () => {
      const operands = { y: new Float32Array(COLS), x: numbers(N), rows: ROWS, cols: COLS };
      return () => plain.sumRows(operands);
    },
  },
  {
    name: `softmax ${ROWS}x10`,
    ours: async (engine) => {
      const [y, x] = await floats(engine, ROWS * 10, ROWS * 10);
      return ["softmax", { y, x, rows: ROWS, cols: 10 }];
    },
    loop: () => {
      const operands = { y: new Float32Array(ROWS * 10), x: numbers(ROWS * 10), rows: ROWS, cols: 10 };
      return () => plain.softmax(operands);
    },
  },
  {
    name: `softmax cross-entropy ${ROWS}x10`,
    ours: async (engine) => {
      const [loss, dx, logits] = await floats(engine, ROWS, ROWS * 10, ROWS * 10);
      const labels = await put(
        engine,
        Uint32Array.from({ length: ROWS }, (_, i) => i % 10),
      );
      return [
        "softmax_cross_entropy",
        { loss, dx, logits, labels, rows: ROWS, cols: 10, sparse: 1, gradScale: 1 },
      ];
    },
    loop: () => {
      const labels = Uint32Array.from({ length: ROWS }, (_, i) => i % 10);
      const [loss, dx, x] = [new Float32Array(ROWS), new Float32Array(ROWS * 10), numbers(ROWS * 10)];
      return () => plain.softmaxCrossEntropy({ loss, dx, x, labels, rows: ROWS, cols: 10 });
    },
  },
  {
    name: `sgd with momentum ${N}`,
    ours: async (engine) => {
      const [params, grads, velocity] = await floats(engine, N, N, N);
      return ["sgd", { params, grads, velocity, nesterov: 0, ...(await update(engine, 1e-9, 0.9)) }];
    },
    loop: () => {
      const operands = { p: numbers(N), g: numbers(N, 2), v: numbers(N, 3) };
      return () => plain.sgdMomentum(operands);
    },
  },
  {
    name: `adam ${N}`,
    ours: async (engine) => {
      const [params, grads, m, v] = await floats(engine, N, N, N, N);
      await engine.write(v, numbers(N, 4).map(Math.abs));
      const step = await put(engine, Uint32Array.of(1000, 0));
      return [
        "adam",
        { params, grads, m, v, step, decoupled: 0, ...(await update(engine, 1e-9, 0.9, 0.999, 1e-8)) },
      ];
    },
    loop: () => {
      const operands = { p: numbers(N), g: numbers(N, 2), m: numbers(N, 3), v: numbers(N, 4).map(Math.abs) };
      return () => plain.adam(operands);
    },
  },
  {
    name: "gather 128 images of bytes",
    ours: async (engine) => {
      const y = await engine.allocate(4 * 128 * 784);
      const x = await put(
        engine,
        Uint8Array.from({ length: 1024 * 784 }, (_, i) => i),
      );
      const indices = await put(engine, picks());
      const position = await engine.allocate(4);
      const scaling = { scale: 1 / 255, shift: 0, featureCenter: 0, featureScale: 0, featureShift: 0 };
      return ["gather_u8", { y, x, indices, position, batch: 128, features: 784, ...scaling }];
    },
    loop: () => {
      const x = Uint8Array.from({ length: 1024 * 784 }, (_, i) => i);
      const operands = { y: new Float32Array(128 * 784), x, indices: picks(), batch: 128, features: 784 };
      return () => plain.gatherU8(operands);
    },
  },
  {
    name: "gather 128 rows of 64",
    ours: async (engine) => {
      const [y, x] = await floats(engine, 128 * 64, 1024 * 64);
      return ["gather_rows", { y, x, indices: await put(engine, picks()), ...ROWS_OF_64, missing: 0 }];
    },
    loop: () => {
      const operands = { y: new Float32Array(128 * 64), x: numbers(1024 * 64), indices: picks(), inner: 64 };
      return () => plain.gatherRows(operands);
    },
  },
  {
    name: "scatter-add 128 rows of 64",
    ours: async (engine) => {
      const [y, x] = await floats(engine, 1024 * 64, 128 * 64);
      return ["scatter_add_rows", { y, x, indices: await put(engine, picks()), ...ROWS_OF_64 }];
    },
    loop: () => {
      const operands = { y: new Float32Array(1024 * 64), x: numbers(128 * 64), indices: picks(), inner: 64 };
      return () => plain.scatterAddRows(operands);
    },
  },
  {
    name: "im2col lenet conv 2",
    ours: async (engine) => {
      const g = convolutions[2].geometry;
      const { filters: _, groups: __, ...window } = g;
      const [x, cols] = await floats(engine, inputs(g), 9 * inputs(g));
      return ["im2col", { x, cols, ...window }];
    },
    loop: () => {
      const g = convolutions[2].geometry;
      const operands = { cols: new Float32Array(9 * inputs(g)), x: numbers(inputs(g)), g };
      return () => plain.im2col(operands);
    },
  },
  {
    name: "conv2d lenet conv 2",
    ours: async (engine) => {
      const g = convolutions[2].geometry;
      const [x, w, bias, y] = await floats(
        engine,
        inputs(g),
        9 * g.channels * g.filters,
        g.filters,
        outputs(g),
      );
      const algorithm = chooseConv2dAlgorithm("forward", g, "standard");
      const scratch = await engine.allocate(conv2dScratchBytes("forward", g, algorithm, 1));
      return ["conv2d", { x, w, bias, y, ...g, activation: 0, algorithm, scratch }];
    },
    loop: () => {
      const g = convolutions[2].geometry;
      const w = numbers(9 * g.channels * g.filters, 2);
      const operands = { y: new Float32Array(outputs(g)), x: numbers(inputs(g)), w, g };
      return () => plain.conv2d(operands);
    },
  },
  {
    name: "max pool 2x2 of 64x28x28x32",
    ours: async (engine) => {
      const [x, y] = await floats(engine, inputs(POOL), outputs(POOL));
      const { filters: _, ...window } = POOL;
      return ["max_pool2d", { x, y, argmax: 0, ...window }];
    },
    loop: () => {
      const operands = { y: new Float32Array(outputs(POOL)), x: numbers(inputs(POOL)), g: POOL };
      return () => plain.maxPool(operands);
    },
  },
];

/** A table of 1024 words, and 128 of them. */
const ROWS_OF_64 = { outer: 1, n: 1024, count: 128, inner: 64 };

const POOL = {
  batch: 64,
  height: 28,
  width: 28,
  channels: 32,
  filters: 32,
  outHeight: 14,
  outWidth: 14,
  kernelHeight: 2,
  kernelWidth: 2,
  strideHeight: 2,
  strideWidth: 2,
  padTop: 0,
  padLeft: 0,
  dilationHeight: 1,
  dilationWidth: 1,
};

const inputs = (g) => g.batch * g.height * g.width * g.channels;
const outputs = (g) => g.batch * g.outHeight * g.outWidth * g.filters;
const picks = () => Uint32Array.from({ length: 128 }, (_, i) => (i * 37) % 1024);

/** Blocks of float32 in memory, each filled. */
async function floats(engine, ...lengths) {
  const addresses = [];
  for (const [i, length] of lengths.entries()) addresses.push(await put(engine, numbers(length, i + 1)));
  return addresses;
}

/** An optimizer's scalars and its table of one range over all N parameters. */
async function update(engine, ...scalars) {
  return {
    scalars: await put(engine, Float64Array.from(scalars)),
    table: await put(engine, optimizerTable([{ offset: 0, length: N }])),
    count: 1,
  };
}

export async function measureKernels({ precision, rounds, only }) {
  const rows = [];
  for (const { name, ours, loop } of cases) {
    if (only && !name.includes(only)) continue;
    const row = await withEngine({ threads: 1, precision }, async (engine) => {
      const kernel = await program(engine, name, [await ours(engine)]);
      const once = loop();
      const naive = {
        name: "plain loop",
        run: async (times) => {
          for (let i = 0; i < times; i++) once();
        },
      };
      const [own, other] = await interleaved([kernel, naive], { rounds });
      return { microseconds: own.microseconds, loopMicroseconds: other.microseconds };
    });
    rows.push({ name, precision, ...row, times: row.loopMicroseconds / row.microseconds });
  }
  return rows;
}
