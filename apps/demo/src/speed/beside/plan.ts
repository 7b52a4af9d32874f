import { type Layer, Sequential, standardModel } from "@loam/nn";
import { drawDigits } from "../../train/digits.js";
import type { Batch, LayerPlan, TrainingPlan, Values } from "./peer-work.js";

/**
 * The site's own networks that are compared. `lenet` is not: a step of it takes jax-js' WebAssembly backend some 20 s, and that of TensorFlow.js lacks
 * kernels for it as it does for `cnn`.
 */
export const CONTEST_NETWORKS = ["mlp", "cnn"] as const;
export type ContestNetwork = (typeof CONTEST_NETWORKS)[number];

/** Batches that all go through again and again. */
const BATCHES = 8;
const CLASSES = 10;
const INPUT = { inputShape: [1, 28, 28], classes: CLASSES };
const SEED = 1;
/** As many digits as the largest batches take; the other measurements draw these as well. */
const DIGITS = 2_000;

/** The network's layers, without dropout: each library draws its own chance. */
export function layersOf(network: ContestNetwork): readonly Layer[] {
  return standardModel(network, { ...INPUT, dropout: 0 }).layers;
}

/** The network with its first weights, and the batches it learns: the same for everyone. */
export async function planOf(network: ContestNetwork): Promise<TrainingPlan> {
  const { batchSize } = standardModel(network, INPUT);
  const layers = layersOf(network);
  const model = new Sequential(layers, { inputShape: INPUT.inputShape, threads: 1, seed: SEED });
  try {
    const weights = await model.getWeights();
    return {
      layers: layers.map((layer) => planLayer(layer, weights)),
      optimizer: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      batches: await batchesOf(batchSize),
    };
  } finally {
    await model.close();
  }
}

/** Takes a layer's weights from the front of those that are left. */
function planLayer(
  layer: Layer,
  weights: { readonly data: Float32Array; readonly shape: readonly number[] }[],
) {
  const { type } = layer;
  const config = layer.config() as { padding?: number; kernelSize?: number };
  const next = (): Values => {
    const { data, shape } = weights.shift()!;
    return { data: data.slice(), shape };
  };
  const side = (value: unknown) => (Array.isArray(value) ? Number(value[0]) : Number(value ?? 0));
  switch (type) {
    case "Dense":
      return { type, kernel: next(), bias: next() } satisfies LayerPlan;
    case "Conv2d":
      return { type, padding: side(config.padding), kernel: next(), bias: next() } satisfies LayerPlan;
    case "MaxPool2d":
      return { type, side: side(config.kernelSize) } satisfies LayerPlan;
    case "Flatten":
    case "ReLU":
      return { type };
    default:
      throw new Error(`no plan for the layer ${type}`);
  }
}

async function batchesOf(batchSize: number): Promise<Batch[]> {
  const { training } = await drawDigits(DIGITS, () => {});
  const [, ...shape] = training.inputs.shape;
  const pixels = shape.reduce((product, side) => product * side, 1);
  return Array.from({ length: BATCHES }, (_, k) => {
    const from = k * batchSize;
    const bytes = training.inputs.data.subarray(from * pixels, (from + batchSize) * pixels);
    const labels = new Float32Array(batchSize * CLASSES);
    for (let i = 0; i < batchSize; i++) labels[i * CLASSES + training.labels.data[from + i]!] = 1;
    return {
      inputs: { data: Float32Array.from(bytes, (byte) => byte / 255), shape: [batchSize, ...shape] },
      labels: { data: labels, shape: [batchSize, CLASSES] },
    };
  });
}

/** The longest sum in a step: a kernel's inputs, or what its gradient is summed over. */
export function longestSum({ layers, batches }: TrainingPlan): number {
  const [batch = 1, , height = 1, width = 1] = batches[0]!.inputs.shape;
  return layers.reduce((most, layer) => {
    if (!("kernel" in layer)) return most;
    const { shape } = layer.kernel;
    const inputs =
      layer.type === "Dense" ? shape[0]! : shape.slice(1).reduce((product, side) => product * side, 1);
    // No map is larger than the picture, but for padding, of which there is none here beyond it.
    const summed = layer.type === "Dense" ? batch : batch * height * width;
    return Math.max(most, inputs, summed);
  }, 1);
}
