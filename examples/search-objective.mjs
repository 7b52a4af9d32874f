// The function that search.mjs has run in processes beside it: one training, and the figure by which the best is chosen.
import {
  Adam,
  Dense,
  Flatten,
  Sequential,
  softmaxCrossEntropy,
  splitDataset,
  syntheticDigits,
} from "@loam/nn";

// Once a process, however many trials it is given.
const { training, validation } = splitDataset(syntheticDigits({ samples: 600, seed: 1 }), 0.25, 1);

const EPOCHS = 9;

export default async function objective({ settings, seed, budget }, signal) {
  const layers = [
    new Flatten(),
    new Dense({ units: settings.units, activation: "relu" }),
    new Dense({ units: 10 }),
  ];
  const model = new Sequential(layers, { inputShape: [1, 28, 28], seed, threads: 1 });
  const optimizer = new Adam({ learningRate: settings.learningRate });
  model.compile({ optimizer, loss: softmaxCrossEntropy() });
  try {
    // Halving asks for a part of a whole training at first.
    await model.fit(training, { epochs: Math.ceil(EPOCHS * budget), signal });
    const { loss } = await model.evaluate(validation);
    return { value: loss, detail: { process: process.pid } };
  } finally {
    await model.close();
  }
}
