import * as nn from "@loam/nn";

type Make = (engine: nn.Engine) => nn.Model;

const chain =
  (inputShape: number[], layers: () => nn.Layer[]): Make =>
  (engine) =>
    new nn.Sequential(layers(), { inputShape, seed: 3, engine });

/** Networks that a LayersModel of TensorFlow.js can be, all layers that have a counterpart there among them. */
export const networks: Readonly<Record<string, Make>> = {
  pictures: chain([2, 13, 12], () => [
    new nn.Conv2d({ filters: 4, kernelSize: 3, padding: 1, activation: "relu" }),
    new nn.BatchNorm(),
    new nn.DepthwiseConv2d({
      kernelSize: 3,
      stride: 2,
      padding: [1, 0, 0, 1],
      depthMultiplier: 2,
      useBias: false,
    }),
    new nn.BatchNorm({ scale: false, momentum: 0.5 }),
    new nn.ReLU({ maximum: 6 }),
    new nn.SeparableConv2d({
      filters: 6,
      kernelSize: [3, 2],
      padding: "same",
      depthMultiplier: 2,
      activation: "elu",
    }),
    new nn.PReLU(),
    new nn.SpatialDropout2d({ rate: 0.2 }),
    new nn.MaxPool2d({ kernelSize: 3, stride: 1, padding: 1 }),
    new nn.AvgPool2d({ kernelSize: 2, stride: 1, padding: "same" }),
    new nn.ZeroPad2d({ padding: [1, 0, 2, 1] }),
    new nn.UpSampling2d({ size: [1, 2] }),
    new nn.Conv2d({ filters: 3, kernelSize: 2, dilation: 2, activation: "softmax" }),
    new nn.Dense({ units: 5, activation: "tanh" }),
    new nn.LayerNorm(),
    new nn.Dropout({ rate: 0.1 }),
    new nn.Flatten(),
    new nn.GaussianNoise({ stddev: 0.1 }),
    new nn.Dense({ units: 3, activation: "leakyRelu" }),
    new nn.Softmax(),
  ]),
  residual: (engine) => {
    const x = new nn.Input({ shape: [3, 8, 7] });
    const shared = new nn.Conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "sigmoid" });
    const first = new nn.Conv2d({ filters: 4, kernelSize: 3, padding: "same", useBias: false }).apply(x);
    const second = shared.apply(shared.apply(first));
    const product = new nn.Multiply().apply([new nn.Add().apply([first, second]), second]);
    const both = new nn.Concatenate({ axis: 1 }).apply([product, new nn.SiLU().apply(first)]);
    const tall = new nn.Concatenate({ axis: 2 }).apply([both, both]);
    const up = new nn.Conv2dTranspose({ filters: 3, kernelSize: 4, stride: 2, padding: 1 }).apply(tall);
    const kept = new nn.GlobalAvgPool2d({ keepDims: true }).apply(new nn.Mish().apply(up));
    const one = new nn.Conv2d({ filters: 5, kernelSize: 1, activation: "gelu" }).apply(kept);
    const y = new nn.GlobalMaxPool2d().apply(new nn.GELU().apply(one));
    return nn.model({ inputs: x, outputs: [y, up], seed: 3, engine });
  },
  "between axes": chain([2, 6, 4], () => [
    new nn.Permute({ dims: [2, 3, 1] }),
    new nn.Softmax(),
    new nn.Reshape({ targetShape: [4, 4, -1] }),
    new nn.Conv2d({ filters: 2, kernelSize: 2 }),
    new nn.Reshape({ targetShape: [6, -1] }),
    new nn.Conv1d({ filters: 4, kernelSize: 3, padding: 1, activation: "selu" }),
    new nn.BatchNorm(),
    new nn.MaxPool1d({ kernelSize: 2, stride: 1 }),
    new nn.AvgPool1d({ kernelSize: 2, stride: 1, padding: "same" }),
    new nn.PReLU(),
    new nn.GlobalMaxPool1d(),
    new nn.ELU(),
    new nn.LeakyReLU({ slope: 0.2 }),
    new nn.RepeatVector({ n: 3 }),
    new nn.Conv1d({ filters: 3, kernelSize: 2, dilation: 2, activation: "softplus" }),
    new nn.SELU(),
    new nn.GlobalAvgPool1d(),
    new nn.Dense({ units: 12 }),
    new nn.Reshape({ targetShape: [3, 2, 2] }),
    new nn.Tanh(),
  ]),
  words: chain([7], () => [
    new nn.Embedding({ inputDim: 11, outputDim: 4 }),
    new nn.LSTM({ units: 5, returnSequences: true, forgetBias: 0 }),
    new nn.LSTM({ units: 2, returnSequences: true, forgetBias: 0, bidirectional: true, useBias: false }),
    new nn.SimpleRNN({ units: 3, bidirectional: true }),
    new nn.Dense({ units: 2, activation: "sigmoid" }),
  ]),
};

/** Weights that tell each place from the others; variances stay above 0. */
export async function tellApart(model: nn.Model): Promise<nn.Model> {
  const told = (await model.getWeights()).map((one, k) => {
    const spread = one.shape.length > 1 ? 2 / Math.sqrt(one.data.length / one.shape[0]!) : 0.3;
    const middle = one.shape.length > 1 ? 0 : 0.5;
    return { ...one, data: one.data.map((_, i) => spread * Math.sin(1.7 * i + 5 * k) + middle) };
  });
  await model.setWeights(told);
  return model;
}

/** Samples that differ: words' ids, or numbers. */
export function samples(name: string, inputShape: readonly number[], count: number): Float32Array {
  const each = inputShape.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: count * each }, (_, i) =>
    name === "words" ? (i * i + (i >> 3)) % 11 : Math.cos(i * i * 0.37) * (1 + Math.floor(i / each)),
  );
}
