// A gesture trainer's network, as web classrooms train it: 24 numbers, BatchNorm, a dense layer of 16 with ReLU, softmax over 4 classes; SGD 0.1, batches
// of 16, 160 epochs on 300 samples. Loaded when it is asked for, so that the first fit brings its code along as it does in a page.
import { BatchNorm, Dense, Sequential, SGD } from "../../packages/nn/dist/index.js";
import { numbers } from "../engines.mjs";

const SAMPLES = 300;
const FEATURES = 24;
const CLASSES = 4;

/** Four clouds around points of their own. */
function gestures() {
  const middles = numbers(CLASSES * FEATURES, 3);
  const inputs = numbers(SAMPLES * FEATURES, 5).map(
    (noise, i) => noise + middles[(Math.floor(i / FEATURES) % CLASSES) * FEATURES + (i % FEATURES)],
  );
  const labels = Uint32Array.from({ length: SAMPLES }, (_, i) => i % CLASSES);
  return { inputs: { data: inputs, shape: [SAMPLES, FEATURES] }, labels: { data: labels, shape: [SAMPLES] } };
}

/** Trains a new network, and says how long it was from the call of `fit` to its result. */
export async function fitGesture() {
  const net = new Sequential(
    [
      new BatchNorm(),
      new Dense({ units: 16, activation: "relu" }),
      new Dense({ units: CLASSES, activation: "softmax" }),
    ],
    { inputShape: [FEATURES], seed: 1 },
  );
  net.compile({
    optimizer: new SGD({ learningRate: 0.1 }),
    loss: "softmaxCrossEntropy",
    metrics: ["accuracy"],
  });
  const data = { ...gestures(), name: "gestures", scaling: { kind: "none" } };
  const began = performance.now();
  const { epochs } = await net.fit(data, { epochs: 160, batchSize: 16 });
  const milliseconds = performance.now() - began;
  await net.close();
  return { milliseconds, accuracy: epochs.at(-1).accuracy };
}
