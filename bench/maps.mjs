// Maps against loops written by hand for one formula alone (fused/loops.ts), and against the instructions that today's networks run through; one
// thread, in one process, in turn.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { optimizerTable } from "../packages/kernels-as/dist/index.js";
import { gradients } from "../packages/nn/dist/autodiff/gradients.js";
import { sizeOf } from "../packages/nn/dist/graph/shape.js";
import { reachable } from "../packages/nn/dist/graph/tensor.js";
import { elementwise, ops } from "../packages/nn/dist/index.js";
import { standardize } from "../packages/nn/dist/layers/standardize.js";
import { input, parameterTensor } from "../packages/nn/dist/ops/leaves.js";
import { scale } from "../packages/nn/dist/ops/scale.js";
import { Machine } from "../packages/nn/dist/program/machine.js";
import { planned } from "../packages/nn/dist/program/plan.js";
import { isLeaf } from "../packages/nn/dist/program/step.js";
import { numbers, program, put, withEngine } from "./engines.mjs";
import { interleaved } from "./measure.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const SHAPES = [
  [768, 128],
  [64, 1024],
  [4096, 16],
  [20_000, 128],
  [128, 12],
  [128, 10],
  [16, 4],
  [32, 8192],
  [32_768, 16],
  [8192, 32],
];

/** The loops' operands lie from here on, beyond their constants. */
const FIRST = 1 << 16;

/** The loops by hand, in a module of their own. */
async function loadLoops() {
  const require = createRequire(path.join(here, "../packages/kernels-as/package.json"));
  const asc = path.join(path.dirname(require.resolve("assemblyscript/package.json")), "bin/asc.js");
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-loops-"));
  try {
    const wasm = path.join(folder, "loops.wasm");
    const flags = [
      "--runtime",
      "stub",
      "--use",
      "abort=",
      "--noAssert",
      "--optimizeLevel",
      "3",
      "--shrinkLevel",
      "1",
    ];
    const features = ["simd", "bulk-memory", "nontrapping-f2i", "sign-extension"].flatMap((one) => [
      "--enable",
      one,
    ]);
    await promisify(execFile)(process.execPath, [
      ...[asc, path.join(here, "fused/loops.ts"), ...flags, "--disableWarning", "112"],
      ...[...features, "--initialMemory", "2048", "--outFile", wasm],
    ]);
    const { instance } = await WebAssembly.instantiate(await readFile(wasm), {});
    return instance.exports;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const gelu = elementwise("gelu", ["x"], ({ x }) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1)));

/** The layers' normalization, with γ and β a column. */
function normalized(x, axis, gamma, beta) {
  return ops.add(ops.mul(standardize(x, [axis], 1e-5).y, gamma), beta);
}

const leaf = (name, shape) => parameterTensor(name, shape);

/** x less its rows' maxima, e to the power of that, and the sums of its rows. */
function exponentials(x) {
  const along = { axes: [1], keepDims: true };
  const less = ops.sub(x, ops.max(x, along));
  const e = ops.exp(less);
  return { less, e, total: ops.sum(e, along) };
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/** Adam's first step, with a learning rate so small that numbers stay what they are. */
const adamStep = elementwise("adamStep", ["params", "grads", "m", "v"], ({ params, grads, m, v }) => {
  const mean = m.mul(BETA1).add(grads.mul(1 - BETA1));
  const squares = v.mul(BETA2).add(grads.square().mul(1 - BETA2));
  const root = squares
    .mul(1 / (1 - BETA2))
    .sqrt()
    .add(EPSILON);
  return [params.sub(mean.mul(1e-9 / (1 - BETA1)).div(root)), mean, squares];
});

/** Each: the graph's outputs, and the call of the loop by hand on memory that begins at `at`. */
const FORMULAS = {
  gelu: ([rows, cols]) => ({
    outputs: [gelu(leaf("x", [rows, cols]))],
    byHand: ({ gelu: f }, at) => f(at(0), at(1), rows * cols),
  }),
  "gelu gradient": ([rows, cols]) => {
    const x = leaf("x", [rows, cols]);
    const dy = input("dy", [rows, cols]);
    return {
      outputs: gradients(ops.sum(ops.mul(gelu(x), dy)), [x]),
      byHand: ({ gelu_gradient: f }, at) => f(at(0), at(1), at(2), rows * cols),
    };
  },
  ...Object.fromEntries(
    [
      ["layer norm", "layer_norm", -1],
      ["batch norm", "batch_norm", 0],
    ].flatMap(([name, loop, axis]) => [
      [
        name,
        ([rows, cols]) => ({
          outputs: [normalized(leaf("x", [rows, cols]), axis, leaf("gamma", [cols]), leaf("beta", [cols]))],
          byHand: (loops, at) => loops[loop](at(0), at(1), at(2), at(3), rows, cols, at(4)),
        }),
      ],
      [
        `${name} gradient`,
        ([rows, cols]) => {
          const [x, gamma, beta] = [leaf("x", [rows, cols]), leaf("gamma", [cols]), leaf("beta", [cols])];
          const dy = input("dy", [rows, cols]);
          return {
            outputs: gradients(ops.sum(ops.mul(normalized(x, axis, gamma, beta), dy)), [x, gamma, beta]),
            byHand: (loops, at) =>
              loops[`${loop}_gradient`](at(0), at(1), at(2), at(3), at(4), at(5), rows, cols, at(6)),
          };
        },
      ],
    ]),
  ),
  softmax: ([rows, cols]) => {
    const { e, total } = exponentials(leaf("x", [rows, cols]));
    return {
      outputs: [ops.div(e, total)],
      instruction: async (engine) => [
        "softmax",
        { y: await engine.allocate(4 * rows * cols), x: await put(engine, numbers(rows * cols)), rows, cols },
      ],
    };
  },
  // A loss and its gradient in one pass, as a training step has it.
  "softmax cross-entropy": ([rows, cols]) => {
    const [x, t] = [leaf("x", [rows, cols]), input("t", [rows, cols])];
    const { less, e, total } = exponentials(x);
    const along = { axes: [1], keepDims: true };
    return {
      outputs: [
        ops.sum(ops.mul(t, ops.sub(ops.log(total), less)), { axes: [1] }),
        scale(ops.sub(ops.mul(ops.sum(t, along), ops.div(e, total)), t), 1 / rows),
      ],
      instruction: async (engine) => [
        "softmax_cross_entropy",
        {
          loss: await engine.allocate(4 * rows),
          dx: await engine.allocate(4 * rows * cols),
          logits: await put(engine, numbers(rows * cols)),
          labels: await put(engine, numbers(rows * cols, 2)),
          ...{ rows, cols, sparse: 0, gradScale: 1 / rows },
        },
      ],
    };
  },
  // Beside the instruction that optimizers of their own do without.
  "adam step": ([rows, cols]) => {
    const n = rows * cols;
    const operands = ["params", "grads", "m", "v"].map((name) => leaf(name, [n]));
    return {
      outputs: adamStep(...operands),
      instruction: async (engine) => {
        const at = async (seed) => put(engine, numbers(n, seed).map(Math.abs));
        return [
          "adam",
          {
            ...{ params: await at(1), grads: await at(2), m: await at(3), v: await at(4) },
            scalars: await put(engine, Float64Array.of(1e-9, BETA1, BETA2, EPSILON)),
            step: await put(engine, Uint32Array.of(1, 0)),
            table: await put(engine, optimizerTable([{ offset: 0, length: n }])),
            ...{ count: 1, decoupled: 0 },
          },
        ];
      },
    };
  },
};

/** A graph's program on an engine, ready to run. */
async function mapped(engine, machine, outputs) {
  const places = new Map();
  for (const one of reachable(outputs).filter(isLeaf)) {
    const address = await put(engine, numbers(sizeOf(one.shape), places.size + 1));
    places.set(one, { address, layout: undefined });
  }
  const words = { step: await engine.allocate(8), seed: await engine.allocate(8) };
  const plan = await planned({ ...machine.planning, outputs, places, words });
  const { address, instructions } = await machine.load(plan);
  return { instructions: instructions.length, run: (times) => engine.run(address, times, { threads: 1 }) };
}

/** By formula and shape: microseconds of the map and of the loop, and the ratio of their least times. */
export async function measureMaps({ rounds, only }) {
  const loops = await loadLoops();
  const rows = [];
  for (const [name, formula] of Object.entries(FORMULAS)) {
    if (only && only !== name) continue;
    for (const shape of SHAPES) {
      // The loops by hand go by four.
      if (shape[1] % 4 !== 0 && formula(shape).byHand) continue;
      rows.push(
        await withEngine({ threads: 1 }, async (engine) => {
          const { outputs, byHand, instruction } = formula(shape);
          const map = await mapped(engine, await Machine.create(engine, {}), outputs);
          const bytes = 4 * shape[0] * shape[1] + 64 * shape[1];
          const at = (i) => FIRST + i * Math.ceil(bytes / 64) * 64;
          if (byHand) new Float32Array(loops.memory.buffer, FIRST).set(numbers((7 * bytes) >> 2));
          const other = byHand
            ? {
                run: (times) => {
                  for (let i = 0; i < times; i++) byHand(loops, at);
                },
              }
            : await program(engine, name, [await instruction(engine)], 1);
          const [ours, hand] = await interleaved([map, other], { rounds });
          return {
            name: `${name} ${shape.join("x")}`,
            instructions: map.instructions,
            microseconds: ours.microseconds,
            loopMicroseconds: hand.microseconds,
            ratio: ours.min / hand.min,
          };
        }),
      );
    }
  }
  return rows;
}
