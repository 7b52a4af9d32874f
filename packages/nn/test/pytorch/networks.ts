import {
  BatchNorm,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Embedding,
  Flatten,
  GRU,
  GroupNorm,
  LayerNorm,
  LSTM,
  MultiHeadAttention,
  PReLU,
  ReLU,
  Sequential,
  SimpleRNN,
} from "@loam/nn";

const how = { seed: 3, threads: 1 } as const;

/** The networks of networks.py, under the same names. */
export const networks: Readonly<Record<string, () => Sequential>> = {
  pictures: () =>
    new Sequential(
      [
        new Conv2d({ filters: 6, kernelSize: 3, stride: 2, padding: 1 }),
        new BatchNorm(),
        new ReLU(),
        new DepthwiseConv2d({ kernelSize: 3, padding: 1, useBias: false }),
        new GroupNorm({ groups: 3 }),
        new PReLU(),
        new Conv2dTranspose({ filters: 4, kernelSize: 2, stride: 2 }),
        new BatchNorm({ scale: false, center: false }),
        new Flatten(),
        new Dense({ units: 3 }),
      ],
      { inputShape: [2, 6, 8], ...how },
    ),
  steps: () =>
    new Sequential([new LSTM({ units: 5, bidirectional: true }), new Dense({ units: 2 })], {
      inputShape: [4, 3],
      ...how,
    }),
  gru: () => new Sequential([new GRU({ units: 4 })], { inputShape: [5, 3], ...how }),
  rnn: () => new Sequential([new SimpleRNN({ units: 4 })], { inputShape: [5, 3], ...how }),
  words: () =>
    new Sequential(
      [
        new Embedding({ inputDim: 11, outputDim: 8 }),
        new LayerNorm(),
        new MultiHeadAttention({ numHeads: 2, keyDim: 4 }),
        new Dense({ units: 3 }),
      ],
      { inputShape: [6], ...how },
    ),
};
