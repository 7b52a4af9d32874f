// The networks that are compared with PyTorch. compared-networks.json says what layers each has, here and for bench/peers/pytorch.py, and how many
// parameters they have together, which both check.
import { readFile } from "node:fs/promises";
import * as loam from "../packages/nn/dist/index.js";
import { numbers } from "./engines.mjs";
import { measureTraining } from "./networks.mjs";

const OPTIMIZERS = { Adam: loam.Adam, AdamW: loam.AdamW, SGD: loam.SGD };

const elements = (shape) => shape.reduce((product, size) => product * size, 1);
const chain = (x, layers) => layers.reduce((y, { layer, ...rest }) => APPLIED[layer](y, rest), x);

/** By its name in the list: what a layer makes of x. */
const APPLIED = {
  conv: (x, { kernel, bias, ...rest }) =>
    new loam.Conv2d({ ...rest, kernelSize: kernel, useBias: bias }).apply(x),
  depthwise: (x, { kernel, bias, ...rest }) =>
    new loam.DepthwiseConv2d({ ...rest, kernelSize: kernel, useBias: bias }).apply(x),
  batchNorm: (x) => new loam.BatchNorm().apply(x),
  layerNorm: (x) => new loam.LayerNorm().apply(x),
  relu: (x) => new loam.ReLU().apply(x),
  gelu: (x) => new loam.GELU().apply(x),
  globalAverage: (x) => new loam.GlobalAvgPool2d().apply(x),
  dense: (x, { units, bias = true }) => new loam.Dense({ units, useBias: bias }).apply(x),
  embedding: (x, { count, width }) => new loam.Embedding({ inputDim: count, outputDim: width }).apply(x),
  positions: (x) => new loam.PositionEmbedding({ sequenceLength: x.shape[0] }).apply(x),
  lstm: (x, { units }) => new loam.LSTM({ units, returnSequences: true }).apply(x),
  gru: (x, { units }) => new loam.GRU({ units }).apply(x),
  attention: (x, { heads }) =>
    new loam.MultiHeadAttention({
      ...{ numHeads: heads, keyDim: x.shape[1] / heads, causal: true, useBias: false },
    }).apply(x),
  residual: (x, { layers, shortcut = [] }) => new loam.Add().apply([chain(x, layers), chain(x, shortcut)]),
  repeat: (x, { times, layers }) => chain(x, Array(times).fill(layers).flat()),
};

/** Multiplications on a sample, forwards; `first` are those through which no gradient goes back, since what they read is data. */
function multiplicationsOf({ inputs, calls }) {
  const shapes = [...inputs, ...calls].map(({ shape }) => shape);
  const found = { first: 0, others: 0 };
  for (const { layer, inputs: read, shape: y } of calls) {
    const x = shapes[read[0]];
    const places = y.length === 3 ? y[1] * y[2] : x.length === 2 ? x[0] : 1;
    for (const { name, shape } of layer.variables) {
      if (!/kernel$/i.test(name)) continue;
      const isFirst = read[0] < inputs.length && !name.endsWith("recurrentKernel");
      found[isFirst ? "first" : "others"] += places * elements(shape);
    }
    // What a step asks of those before it, and what it takes from them.
    if (layer.type === "MultiHeadAttention") found.others += x[0] * x[0] * x[1];
  }
  return found;
}

const pick = (length, below) => Array.from({ length }, (_, i) => (i * 7919 + 31) % below);

function labelsOf({ classes, steps, values }) {
  if (values) return { type: "f32", shape: [values], of: (batch) => numbers(batch * values, 5) };
  const of = (batch) => Uint32Array.from(pick(batch * (steps ?? 1), classes));
  return { type: "u32", shape: steps ? [steps] : [], of };
}

/** What trainingCandidate trains. */
function described({ name, batch, input, ids, target, optimizer, parameters, layers }) {
  const x = new loam.Input({ shape: input });
  const { network } = loam.model({ inputs: x, outputs: chain(x, layers) });
  const count = network.parameters.reduce((sum, { shape }) => sum + elements(shape), 0);
  if (count !== parameters) throw new Error(`${name}: expected ${parameters} parameters, got ${count}`);
  return {
    name,
    network,
    optimizer: new OPTIMIZERS[optimizer](),
    loss: target.values ? loam.meanSquaredError() : loam.softmaxCrossEntropy(),
    accuracy: false,
    batchSize: batch,
    inputShape: input,
    inputsOf: (samples) => {
      const length = samples * elements(input);
      return ids ? Float32Array.from(pick(length, ids)) : numbers(length, 7);
    },
    labels: labelsOf(target),
    multiplications: multiplicationsOf(network.graph),
  };
}

/** A training step of each, as `train` measures them. */
export async function measureCompared({ threads, precision, only, ...options }) {
  const listed = JSON.parse(await readFile(new URL("compared-networks.json", import.meta.url), "utf8"));
  const rows = [];
  for (const one of listed) {
    if (only && one.name !== only) continue;
    for (const p of precision)
      for (const t of threads) {
        const row = await measureTraining({ ...options, name: described(one), threads: t, precision: p });
        rows.push({ ...row, name: one.name });
      }
  }
  return rows;
}
