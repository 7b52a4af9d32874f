import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createEngine, type Model, meanSquaredError } from "@loam/nn";
import { exportTfjs, importTfjs } from "@loam/nn/io/tfjs";
import { beforeAll, expect, test } from "vitest";
import { networks as ours, samples, tellApart as tellOurs } from "../../packages/nn/test/keras/networks.js";

const installed = existsSync(fileURLToPath(new URL("node_modules/@tensorflow/tfjs-layers", import.meta.url)));
if (!installed) process.stderr.write("skipped   npm ci --prefix test/interop brings TensorFlow.js\n");

// Its types know only their own kinds of numbers; what is used of it is this.
interface Tensor {
  apply: never;
}
interface Made {
  predict(x: unknown): { dataSync(): Float32Array; shape: number[] };
  save(handler: unknown): Promise<unknown>;
  layers: readonly { getWeights(): readonly { shape: number[] }[]; setWeights(weights: unknown): void }[];
}
type Make = (options?: object) => { apply(x: unknown): Tensor };
interface Tfjs {
  layers: Record<string, Make>;
  sequential(options: object): Made;
  model(options: object): Made;
  input(options: object): Tensor;
  tensor(data: Float32Array, shape: number[]): unknown;
  io: {
    withSaveHandler(save: (artifacts: Artifacts) => Promise<object>): unknown;
    fromMemory(artifacts: Artifacts): unknown;
  };
  loadLayersModel(handler: unknown): Promise<Made>;
}
interface Artifacts {
  modelTopology: object;
  weightSpecs: readonly object[];
  weightData: ArrayBuffer;
}

let tf: Tfjs;
beforeAll(() => {
  if (!installed) return;
  const require = createRequire(import.meta.url);
  const core = require("@tensorflow/tfjs-core");
  require("@tensorflow/tfjs-backend-cpu");
  const { layers, sequential, model, input, loadLayersModel } = require("@tensorflow/tfjs-layers");
  tf = { layers, sequential, model, input, loadLayersModel, tensor: core.tensor, io: core.io };
});

/** Weights that tell each place from the others; variances stay above 0. */
function tellApart(made: Made): Made {
  made.layers.forEach((layer, k) => {
    const weights = layer.getWeights().map(({ shape }, j) => {
      const size = shape.reduce((product, side) => product * side, 1);
      const spread = shape.length > 1 ? 2 / Math.sqrt(size / shape.at(-1)!) : 0.3;
      return tf.tensor(
        Float32Array.from(
          { length: size },
          (_, i) => spread * Math.sin(1.7 * i + 3 * j + 5 * k) + (shape.length > 1 ? 0 : 0.5),
        ),
        shape,
      );
    });
    layer.setWeights(weights);
  });
  return made;
}

async function filesOf(made: Made) {
  let kept: Artifacts | undefined;
  await made.save(
    tf.io.withSaveHandler(async (artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  const { modelTopology, weightSpecs, weightData } = kept!;
  const json = JSON.stringify({
    modelTopology,
    weightsManifest: [{ paths: ["a.bin", "b.bin"], weights: weightSpecs }],
  });
  const bytes = new Uint8Array(weightData);
  const half = Math.floor(bytes.length / 2);
  return { json, weights: (path: string) => (path === "a.bin" ? bytes.slice(0, half) : bytes.slice(half)) };
}

/** [n, height, width, channels] as [n, channels, height, width], and back. */
function channels(data: Float32Array, shape: readonly number[], to: "first" | "last"): Float32Array {
  if (shape.length !== 4) return data;
  const [n, height, width, c] = shape as [number, number, number, number];
  const out = new Float32Array(data.length);
  for (let b = 0; b < n; b++)
    for (let i = 0; i < height * width; i++)
      for (let k = 0; k < c; k++) {
        const [last, first] = [(b * height * width + i) * c + k, (b * c + k) * height * width + i];
        if (to === "first") out[first] = data[last]!;
        else out[last] = data[first]!;
      }
  return out;
}

/** The usual one, orthogonal, asks for a part of the library that is not loaded here. */
const plain = { recurrentInitializer: "glorotUniform" };
const image = { inputShape: [12, 10, 3] };
/** As MobileNet's, which Teachable Machine begins with. */
const block = (filters: number, stride: number, options: object = {}) => {
  const l = tf.layers;
  return [
    l.zeroPadding2d!({
      padding: [
        [0, 1],
        [0, 1],
      ],
      ...options,
    }),
    l.depthwiseConv2d!({ kernelSize: 3, strides: stride, useBias: false }),
    l.batchNormalization!({ epsilon: 0.001 }),
    l.reLU!({ maxValue: 6 }),
    l.conv2d!({ filters, kernelSize: 1, padding: "same", useBias: false }),
    l.batchNormalization!({ scale: false }),
    l.activation!({ activation: "relu6" }),
  ];
};

const networks: Record<string, () => Made> = {
  pictures: () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d!({
          ...image,
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: "same",
          activation: "relu",
        }),
        tf.layers.batchNormalization!(),
        tf.layers.separableConv2d!({ filters: 5, kernelSize: 2, depthMultiplier: 2, activation: "elu" }),
        tf.layers.averagePooling2d!({ poolSize: 2, strides: 1, padding: "same" }),
        tf.layers.upSampling2d!({ size: [2, 1] }),
        tf.layers.maxPooling2d!({ poolSize: [3, 2] }),
        tf.layers.dropout!({ rate: 0.3 }),
        tf.layers.flatten!(),
        tf.layers.dense!({ units: 6, activation: "tanh" }),
        tf.layers.leakyReLU!({ alpha: 0.1 }),
        tf.layers.activation!({ activation: "gelu_new" }),
        tf.layers.dense!({ units: 3, activation: "softmax" }),
      ],
    }),
  "as Teachable Machine": () => {
    const body = tf.sequential({
      layers: [...block(6, 2, image), ...block(8, 1), tf.layers.globalAveragePooling2d!({})],
    });
    const head = tf.sequential({
      layers: [
        tf.layers.dense!({ inputShape: [8], units: 10, activation: "relu" }),
        tf.layers.dense!({ units: 2, useBias: false, activation: "softmax" }),
      ],
    });
    return tf.sequential({ layers: [body, head] });
  },
  residual: () => {
    const l = tf.layers;
    const x = tf.input({ shape: [8, 7, 2] });
    const first = l.conv2d!({ filters: 4, kernelSize: 3, padding: "same" }).apply(x);
    const shared = l.conv2d!({ filters: 4, kernelSize: 3, padding: "same", activation: "sigmoid" });
    const second = shared.apply(shared.apply(first));
    const sum = l.add!().apply([first, second]);
    const product = l.multiply!().apply([sum, first]);
    const both = l.concatenate!().apply([product, second]);
    const tall = l.concatenate!({ axis: 1 }).apply([both, both]);
    const up = l.conv2dTranspose!({ filters: 3, kernelSize: 3, strides: 2, padding: "same" }).apply(tall);
    return tf.model({ inputs: x, outputs: l.softmax!({ axis: -1 }).apply(up) });
  },
  "between axes": () =>
    tf.sequential({
      layers: [
        tf.layers.dense!({ inputShape: [6, 4, 2], units: 3, activation: "softplus" }),
        tf.layers.layerNormalization!({}),
        tf.layers.reshape!({ targetShape: [4, 6, 3] }),
        tf.layers.conv2d!({ filters: 2, kernelSize: 2, activation: "softmax" }),
        tf.layers.permute!({ dims: [3, 1, 2] }),
        tf.layers.conv2d!({ filters: 5, kernelSize: 2, dilationRate: 1, padding: "same" }),
        tf.layers.reshape!({ targetShape: [6, 5] }),
        tf.layers.conv1d!({ filters: 4, kernelSize: 3, padding: "same", activation: "selu" }),
        tf.layers.maxPooling1d!({ poolSize: 2 }),
        tf.layers.averagePooling1d!({ poolSize: 2, strides: 1, padding: "same" }),
        tf.layers.globalMaxPooling1d!({}),
        tf.layers.repeatVector!({ n: 2 }),
      ],
    }),
  words: () =>
    tf.sequential({
      layers: [
        tf.layers.embedding!({ inputShape: [7], inputDim: 11, outputDim: 4 }),
        tf.layers.lstm!({ units: 5, returnSequences: true, recurrentActivation: "sigmoid", ...plain }),
        tf.layers.bidirectional!({
          layer: tf.layers.simpleRNN!({ units: 3, ...plain }),
          mergeMode: "concat",
        } as object),
        tf.layers.dense!({ units: 2 }),
      ],
    }),
};

test.skipIf(!installed).each(["pictures", "as Teachable Machine", "residual", "between axes", "words"])(
  "a model of TensorFlow.js predicts here, and learns: %s",
  async (name) => {
    const made = tellApart(networks[name]!());
    const model: Model = await importTfjs(await filesOf(made), { threads: 1 });
    const theirs = (made as unknown as { inputs: { shape: number[] }[] }).inputs[0]!.shape.slice(
      1,
    ) as number[];
    const shape = [4, ...theirs];
    const size = shape.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length: size }, (_, i) =>
      name === "words" ? (i * i + (i >> 3)) % 11 : Math.cos(i * i * 0.37) * (1 + Math.floor((4 * i) / size)),
    );
    const expected = made.predict(tf.tensor(data, shape));
    const inputs = { data: channels(data, shape, "first"), shape: [4, ...model.inputShape] };
    const found = await model.predict(inputs);
    const lying = channels(found.data, expected.shape, "last");
    const right = expected.dataSync();
    expect(lying.length).toBe(right.length);
    const most = right.reduce(
      (far, y, i) => Math.max(far, Math.abs(y - lying[i]!) / Math.max(1, Math.abs(y))),
      0,
    );
    expect(most).toBeLessThan(1e-5);
    const each = right.length / 4;
    expect(Math.max(...right.slice(each).map((y, i) => Math.abs(y - right[i]!)))).toBeGreaterThan(0.001);

    model.compile({ optimizer: "adam", loss: meanSquaredError() });
    const targets = {
      data: found.data.map((_, i) => (i % found.shape.at(-1)! === 0 ? 1 : 0)),
      shape: found.shape,
    };
    const { loss: before } = await model.evaluate(inputs, targets);
    await model.fit(inputs, targets, { epochs: 40 });
    expect((await model.evaluate(inputs, targets)).loss).toBeLessThan(before);
    await model.close();
  },
);

test.skipIf(!installed)("inputs come in the order of the model", async () => {
  const [a, b] = [tf.input({ shape: [2] }), tf.input({ shape: [3] })];
  const [one, other] = [tf.layers.dense!({ units: 2 }).apply(a), tf.layers.dense!({ units: 2 }).apply(b)];
  const made = tellApart(tf.model({ inputs: [b, a], outputs: tf.layers.add!().apply([one, other]) }));
  const model = await importTfjs(await filesOf(made), { threads: 1 });
  const [x, y] = [Float32Array.of(1, 2, 3), Float32Array.of(4, 5)];
  const expected = made.predict([tf.tensor(x, [1, 3]), tf.tensor(y, [1, 2])]).dataSync();
  const [found] = await model.predictAll([
    { data: x, shape: [1, 3] },
    { data: y, shape: [1, 2] },
  ]);
  for (const [i, one] of found!.data.entries()) expect(one).toBeCloseTo(expected[i]!, 5);
  await model.close();
});

test.skipIf(!installed)("what there is not here is named at once", async () => {
  const made = tf.sequential({
    layers: [
      tf.layers.gru!({ inputShape: [4, 3], units: 3, returnSequences: true, name: "gates", ...plain }),
      tf.layers.lstm!({ units: 3, name: "memory", ...plain }),
      tf.layers.activation!({ activation: "softsign", name: "soft" }),
    ],
  });
  await expect(filesOf(made).then((files) => importTfjs(files))).rejects.toMatchObject({
    code: "keras-unsupported",
    message: expect.stringMatching(
      /GRU "gates" with .*, LSTM "memory" with recurrent_activation "hard.*", Activation "soft" with the activation "softsign"/,
    ),
  });
});

test.skipIf(!installed).each(Object.keys(ours))(
  "TensorFlow.js loads what is written here: %s",
  async (name) => {
    const engine = await createEngine({ threads: 1 });
    const model = await tellOurs(ours[name]!(engine));
    const { json, shards } = await exportTfjs(model);
    const { modelTopology, weightsManifest } = JSON.parse(json);
    const weightData = new Uint8Array(await new Blob([...shards.values()] as BlobPart[]).arrayBuffer())
      .buffer;
    const [{ weights: weightSpecs }] = weightsManifest;
    const theirs = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
    const data = samples(name, model.inputShape, 3);
    const want = await model.predictAll([{ data, shape: [3, ...model.inputShape] }]);
    const [channelsOf, ...sides] = model.inputShape;
    const lying = [3, ...(sides.length === 2 ? [...sides, channelsOf!] : model.inputShape)];
    const found = [theirs.predict(tf.tensor(channels(data, lying, "last"), lying))].flat();
    expect(found.length).toBe(want.length);
    found.forEach((one, k) => {
      const got = channels(one.dataSync(), one.shape, "first");
      const most = Math.max(...want[k]!.data.map(Math.abs));
      expect(got.length).toBe(want[k]!.data.length);
      want[k]!.data.forEach((value, i) => {
        expect(Math.abs(got[i]! - value)).toBeLessThan(1e-5 * most);
      });
    });
    await model.close();
    await engine.close();
  },
);
