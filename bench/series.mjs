// The recurrent networks of the benchmarks: forecasting a series, and telling a text's next character.
import {
  Adam,
  Dense,
  Embedding,
  GRU,
  LSTM,
  meanSquaredError,
  softmaxCrossEntropy,
} from "../packages/nn/dist/index.js";
import { numbers } from "./engines.mjs";

const CHARACTERS = 65;

/** By name: the network, a batch of what it trains on, and the multiplications of its products on one sample, forwards. */
export const seriesNetworks = {
  "gru-series": () => ({
    layers: [new GRU({ units: 64 }), new Dense({ units: 1 })],
    optimizer: new Adam(),
    loss: meanSquaredError(),
    accuracy: false,
    batchSize: 64,
    inputShape: [48, 8],
    inputsOf: (batch) => numbers(batch * 48 * 8, 7),
    labels: { type: "f32", shape: [1], of: (batch) => numbers(batch, 5) },
    multiplications: { first: 48 * 8 * 192, others: 48 * 64 * 192 + 64 },
  }),
  "char-lstm": () => ({
    layers: [
      new Embedding({ inputDim: CHARACTERS, outputDim: 64 }),
      new LSTM({ units: 128, returnSequences: true }),
      new Dense({ units: CHARACTERS }),
    ],
    optimizer: new Adam(),
    loss: softmaxCrossEntropy(),
    accuracy: true,
    batchSize: 32,
    inputShape: [50],
    inputsOf: (batch) => Float32Array.from({ length: batch * 50 }, (_, i) => (i * 7919) % CHARACTERS),
    labels: {
      type: "u32",
      shape: [50],
      of: (batch) => Uint32Array.from({ length: batch * 50 }, (_, i) => (i * 7919 + 31) % CHARACTERS),
    },
    multiplications: { first: 0, others: 50 * (64 * 512 + 128 * 512 + 128 * CHARACTERS) },
  }),
};
