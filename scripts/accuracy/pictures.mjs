// Small residual networks on MNIST and Fashion-MNIST. LOAM_DATA names the folder of mnist; LOAM_FASHION that of Fashion-MNIST's four files, by default
// where Debian's package dataset-fashion-mnist puts them.
//
// The recipe is that of fast training on CIFAR-10 (Page, 2018, "How to train your ResNet"), made small: SGD with Nesterov's momentum 0.9 and one
// cycle of the learning rate, decay 5e-4 on kernels alone, label smoothing 0.1, batches of 128. Every epoch sees every picture once, varied anew.
import path from "node:path";
import process from "node:process";
import {
  Add,
  BatchNorm,
  byteScaling,
  Conv2d,
  Dense,
  GlobalAvgPool2d,
  heNormal,
  Input,
  loadIdxFolder,
  MaxPool2d,
  model,
  oneCycle,
  ReLU,
  SGD,
  softmaxCrossEntropy,
  takeSamples,
} from "@loam/nn";
import { varyPictures } from "@loam/nn/data/images";
import { randomOrder } from "./random.mjs";

const BATCH = 128;
const HELD = 10_000;
const DEBIAN = "/usr/share/datasets/fashion-mnist";

const chain = (x, layers) => layers.reduce((y, layer) => layer.apply(y), x);

/** A convolution without bias, BatchNorm, ReLU. */
const convolution = (filters) => [
  new Conv2d({
    filters,
    kernelSize: 3,
    padding: "same",
    useBias: false,
    kernelInitializer: heNormal(),
  }),
  new BatchNorm(),
  new ReLU(),
];

/** [1, 28, 28] → ten logits: three widths, each half as large a picture and twice as wide as the one before; residuals around two convolutions at the last two. */
function residualNetwork(width, options) {
  const x = new Input({ shape: [1, 28, 28] });
  let y = chain(x, convolution(width));
  for (const filters of [2 * width, 4 * width]) {
    y = chain(y, [...convolution(filters), new MaxPool2d({ kernelSize: 2 })]);
    y = new Add().apply([y, chain(y, [...convolution(filters), ...convolution(filters)])]);
  }
  return model({
    inputs: x,
    outputs: chain(y, [new GlobalAvgPool2d(), new Dense({ units: 10 })]),
    ...options,
  });
}

/** All epochs' pictures as one long list, each epoch in an order of its own; a picture is varied when it is read, by the seed and its place in the list. */
function variedEpochs(dataset, { epochs, kinds, seed }) {
  const { inputs, labels, name } = dataset;
  const [samples, ...shape] = inputs.shape;
  const size = inputs.data.length / samples;
  const orders = new Map();
  const pictureAt = (place) => {
    const epoch = Math.floor(place / samples);
    if (!orders.has(epoch)) orders.set(epoch, randomOrder(samples, seed * 1000 + epoch));
    return orders.get(epoch)[place % samples];
  };
  return {
    name: `${name}, ${epochs} epochs`,
    samples: samples * epochs,
    inputs: { type: "u8", shape },
    labels: { type: "u8", shape: [] },
    scaling: byteScaling,
    fingerprint: JSON.stringify({ name, samples, epochs, kinds, seed }),
    read(places) {
      const pictures = new Uint8Array(places.length * size);
      const classes = new Uint8Array(places.length);
      places.forEach((place, i) => {
        const at = pictureAt(place);
        const one = takeSamples(dataset, at, at + 1);
        const varied = varyPictures(one, { kinds, copies: 1, seed: seed * 2 ** 32 + place });
        pictures.set(varied.inputs.data.subarray(size), i * size);
        classes[i] = labels.data[at];
      });
      return { inputs: pictures, labels: classes };
    },
  };
}

const mark = (name, title, folderOf, settings) => ({
  name,
  settings,
  what: ({ width, epochs, kinds }) =>
    `${title}, a residual network of widths ${width}, ${2 * width} and ${4 * width}, ${epochs} epochs, pictures varied by ${kinds.join(", ")}; accuracy`,
  figure: ({ accuracy }) => accuracy,
  show: (value) => `${(100 * value).toFixed(2)} %`,
  /** With `heldOut` the last 10,000 training pictures are what is tested on, and the test set is not looked at. */
  async open({ folder, heldOut, settings: { width, epochs, kinds, rate } }) {
    const { training, test } = await loadIdxFolder(folderOf(folder));
    const samples = training.inputs.shape[0];
    const [trained, tested] = heldOut
      ? [takeSamples(training, 0, samples - HELD), takeSamples(training, samples - HELD, samples)]
      : [training, test];
    const steps = Math.ceil((trained.inputs.shape[0] * epochs) / BATCH);
    return {
      steps,
      batchSize: BATCH,
      shuffle: false,
      training: (seed) => variedEpochs(trained, { epochs, kinds, seed }),
      test: tested,
      network: (seed, options) =>
        residualNetwork(width, { seed, ...options }).compile({
          optimizer: new SGD({
            learningRate: oneCycle({ learningRate: rate, steps, rise: 0.25 }),
            momentum: 0.9,
            nesterov: true,
            weightDecay: 5e-4,
            decayMatricesOnly: true,
          }),
          loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
          metrics: ["accuracy"],
        }),
    };
  },
});

export const pictures = [
  mark("mnist-resnet", "MNIST", (folder) => path.join(folder, "mnist"), {
    width: 16,
    epochs: 9,
    kinds: ["shift", "turn", "zoom"],
    rate: 0.1,
  }),
  mark("fashion", "Fashion-MNIST", () => process.env.LOAM_FASHION ?? DEBIAN, {
    width: 24,
    epochs: 7,
    kinds: ["flip"],
    rate: 0.1,
  }),
];
