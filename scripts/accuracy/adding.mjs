// The adding problem (Hochreiter & Schmidhuber, 1997): fifty pairs of a number in [0, 1) and a mark, which is 1 at one step of the first half and at
// one of the second, 0 elsewhere; the answer is the sum of the two marked numbers. Whoever always says 1 is off by 1/6, squared.
import { Adam, clipByGlobalNorm, Dense, GRU, meanSquaredError, oneCycle, Sequential } from "@loam/nn";
import { randomNumbers } from "./random.mjs";

const LENGTH = 50;
const BATCH = 64;
const STEPS = 3000;
const TEST = 10_000;

/** Sequences that no other seed gives. */
function sequences(samples, seed, name) {
  const random = randomNumbers(seed);
  const inputs = new Float32Array(samples * LENGTH * 2);
  const labels = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    const start = i * LENGTH;
    for (let step = 0; step < LENGTH; step++) inputs[2 * (start + step)] = random();
    for (const half of [0, LENGTH / 2]) {
      const step = start + half + Math.floor((random() * LENGTH) / 2);
      inputs[2 * step + 1] = 1;
      labels[i] += inputs[2 * step];
    }
  }
  return {
    name,
    inputs: { data: inputs, shape: [samples, LENGTH, 2] },
    labels: { data: labels, shape: [samples, 1] },
    scaling: { kind: "none" },
  };
}

export const adding = {
  name: "adding",
  what: () =>
    `the adding problem of length ${LENGTH}, a GRU of 64 and a dense layer: Adam, one cycle up to 0.005, gradients clipped at 1, ${STEPS.toLocaleString("en-US")} steps of ${BATCH} sequences that are never seen twice; mean squared error on ${TEST.toLocaleString("en-US")} others`,
  figure: ({ loss }) => loss,
  show: (value) => value.toFixed(5),
  async open() {
    return {
      steps: STEPS,
      batchSize: BATCH,
      training: (seed) => sequences(STEPS * BATCH, seed, "adding"),
      test: sequences(TEST, 1000, "adding, held out"),
      network(seed, options) {
        const layers = [new GRU({ units: 64 }), new Dense({ units: 1 })];
        return new Sequential(layers, { inputShape: [LENGTH, 2], seed, ...options }).compile({
          optimizer: new Adam({
            learningRate: oneCycle({ learningRate: 0.005, steps: STEPS }),
            clipping: clipByGlobalNorm(1),
          }),
          loss: meanSquaredError(),
        });
      },
    };
  },
};
