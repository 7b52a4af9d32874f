import {
  BatchNorm,
  Conv1d,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Embedding,
  Flatten,
  GRU,
  GroupNorm,
  Input,
  LayerNorm,
  LSTM,
  type Model,
  MultiHeadAttention,
  model,
  PositionEmbedding,
  PReLU,
  ReLU,
  ReversibleEmbedding,
  RMSNorm,
  SeparableConv2d,
  Sequential,
  SimpleRNN,
} from "@loam/nn";

const how = { seed: 3, threads: 1 } as const;

/** The networks of networks.py, under the same names. */
export const networks: Readonly<Record<string, () => Model>> = {
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
  series: () =>
    new Sequential(
      [
        new Conv1d({ filters: 6, kernelSize: 3, stride: 2, padding: 2, dilation: 2, groups: 2 }),
        new RMSNorm(),
        new Dense({ units: 2 }),
      ],
      { inputShape: [9, 4], ...how },
    ),
  separable: () =>
    new Sequential([new SeparableConv2d({ filters: 4, kernelSize: 3, padding: 1, depthMultiplier: 2 })], {
      inputShape: [3, 6, 5],
      ...how,
    }),
  tied: () => {
    const ids = new Input({ shape: [7] });
    const table = new ReversibleEmbedding({ inputDim: 11, outputDim: 6 });
    const places = new PositionEmbedding({ sequenceLength: 9 }).apply(table.apply(ids));
    return model({ inputs: ids, outputs: table.apply(new RMSNorm().apply(places)), ...how });
  },
};

/** Networks that take places of a table. */
export const ofWords: ReadonlySet<string> = new Set(["words", "tied"]);
