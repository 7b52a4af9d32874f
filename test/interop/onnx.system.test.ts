import * as nn from "@loam/nn";
import {
  Add,
  AvgPool2d,
  BatchNorm,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Flatten,
  GELU,
  GlobalAvgPool2d,
  GRU,
  Input,
  LayerNorm,
  LSTM,
  type Model,
  MultiHeadAttention,
  model,
  PReLU,
  ReLU,
  Reshape,
  Sequential,
  SimpleRNN,
  Softmax,
  standardModel,
  standardModelNames,
  UpSampling2d,
} from "@loam/nn";
import { exportOnnx } from "@loam/nn/io/onnx";
import { charGpt, charLstm, textClassifier } from "@loam/nn/models/text";
import { describe, expect, it } from "vitest";
import { drawNetworks, makeData, makeModel } from "../engines/random-networks.mjs";
import { openSession, tensorOf } from "./onnx-runtime.js";

const how = { seed: 3, threads: 1 } as const;

/** Two residual blocks, the second of which changes the shape, as image networks have them. */
function residual(): Model {
  const x = new Input({ shape: [3, 12, 12] });
  const conv = (filters: number, stride: number) =>
    new Conv2d({ filters, kernelSize: 3, padding: 1, stride, useBias: false });
  const block = (from: ReturnType<Conv2d["apply"]>, filters: number, stride: number) => {
    const one = new ReLU().apply(new BatchNorm().apply(conv(filters, stride).apply(from)));
    const two = new BatchNorm().apply(conv(filters, 1).apply(one));
    const short =
      stride === 1 ? from : new Conv2d({ filters, kernelSize: 1, stride, useBias: false }).apply(from);
    return new ReLU().apply(new Add().apply([two, short]));
  };
  const first = new ReLU().apply(new BatchNorm().apply(conv(8, 1).apply(x)));
  const y = new GlobalAvgPool2d().apply(block(block(first, 8, 1), 16, 2));
  return model({ inputs: x, outputs: new Dense({ units: 10, activation: "softmax" }).apply(y), ...how });
}

const chain = (inputShape: number[], ...layers: ConstructorParameters<typeof Sequential>[0]) =>
  new Sequential(layers, { inputShape, ...how });

/** What is not the library's own is written as what it computes, a loop. */
class OwnLstm extends LSTM<number, true, true> {}
class OwnGru extends GRU {}

const NETWORKS: Readonly<Record<string, () => Model>> = {
  ...Object.fromEntries(
    standardModelNames.map((name) => [
      name,
      () => {
        const inputShape = name === "recordings" ? [32, 3] : [1, 28, 28];
        return new Sequential(standardModel(name, { inputShape, classes: 10 }).layers, {
          inputShape,
          ...how,
        });
      },
    ]),
  ),
  residual,
  mobile: () =>
    chain(
      [3, 16, 16],
      new Conv2d({ filters: 8, kernelSize: 3, stride: 2, padding: "same" }),
      new DepthwiseConv2d({ kernelSize: 3, padding: "same" }),
      new BatchNorm(),
      new PReLU(),
      new AvgPool2d({ kernelSize: 3, stride: 2, padding: 1 }),
      new Flatten(),
      new Dense({ units: 5 }),
      new Softmax(),
    ),
  decoder: () =>
    chain(
      [12],
      new Dense({ units: 64, activation: "elu" }),
      new Reshape({ targetShape: [4, 4, 4] }),
      new Conv2dTranspose({ filters: 6, kernelSize: 3, stride: 2, padding: 1 }),
      new GELU(),
      new UpSampling2d(),
      new Conv2d({ filters: 1, kernelSize: 5, padding: 2, activation: "sigmoid" }),
    ),
  recurrent: () =>
    chain(
      [9, 4],
      new LSTM({ units: 7, returnSequences: true, bidirectional: true }),
      new GRU({ units: 6, returnSequences: true }),
      new SimpleRNN({ units: 5 }),
      new Dense({ units: 2 }),
    ),
  "recurrent, other options": () =>
    chain(
      [9, 4],
      new SimpleRNN({ units: 3, returnSequences: true, bidirectional: true, useBias: false }),
      new LSTM({ units: 4, returnSequences: true, useBias: false }),
      new LSTM({ units: 4, returnSequences: true, useBias: false, forgetBias: 0 }),
      new GRU({ units: 2, bidirectional: true, useBias: false }),
      new Dense({ units: 2 }),
    ),
  "a recurrence of one's own": () =>
    chain(
      [9, 4],
      new OwnLstm({ units: 7, returnSequences: true, bidirectional: true }),
      new OwnGru({ units: 5 }),
    ),
  attention: () =>
    chain(
      [10, 16],
      new LayerNorm(),
      new MultiHeadAttention({ numHeads: 4, keyDim: 4, causal: true }),
      new Dense({ units: 3 }),
    ),
  "char-gpt": () => charGpt({ vocabulary: 20, context: 16, layers: 2, heads: 2, width: 32, ...how }),
  "char-lstm": () => charLstm({ vocabulary: 20, context: 16, width: 24, ...how }),
  text: () => textClassifier({ vocabulary: 50, length: 12, classes: 3, ...how }),
};

/** Texts are places of characters or words, 0 being none. */
const isText = (name: string) => name.startsWith("char") || name === "text";

/** The greatest difference, as a share of the greatest number. */
function furthest(found: Float32Array, expected: Float32Array): number {
  expect(found).toHaveLength(expected.length);
  const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0) / greatest;
}

describe.each(Object.entries(NETWORKS))("%s in ONNX Runtime", (network, make) => {
  it.each([1, 5])("gives the same for a batch of %i", async (batch) => {
    await using net = make();
    const session = await openSession(await exportOnnx(net));
    const shape = [batch, ...net.inputShape];
    const size = shape.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length: size }, (_, i) =>
      isText(network) ? 1 + ((i * 7) % 18) : Math.sin(1.3 * i),
    );
    const want = await net.predict({ data, shape });
    const { output } = await session.run({ [session.inputNames[0]!]: tensorOf(data, shape) });
    expect(output!.dims).toEqual(want.shape);
    expect(furthest(output!.data, want.data)).toBeLessThanOrEqual(1e-5);
  });
});

/** Networks of every layer there is, put together at random: another program computes what they do. */
describe("a drawn network in ONNX Runtime", () => {
  it.each([1, 2, 3])("of seed %i gives the same", async (seed) => {
    for (const drawn of drawNetworks(nn, 24, seed)) {
      await using net: Model = makeModel(nn, drawn, { threads: 1 });
      const { data, shape } = makeData(drawn).inputs;
      const session = await openSession(await exportOnnx(net));
      const want = await net.predict({ data, shape });
      const { output } = await session.run({ [session.inputNames[0]!]: tensorOf(data, shape) });
      // Normalizations of what hardly varies make rounding larger: 2.6e-5 is the most that these networks show.
      expect(furthest(output!.data, want.data), JSON.stringify(drawn)).toBeLessThanOrEqual(1e-4);
    }
  });
});
