// Lesson 2-3: the network of lesson 2-2 with other activations, and what its weights from U(-1, 1) cost.
import {
  Dense,
  ELU,
  Flatten,
  heUniform,
  LeakyReLU,
  ReLU,
  randomUniform,
  Sequential,
  SGD,
  Sigmoid,
  softmaxCrossEntropy,
  Tanh,
} from "@loam/nn";
import { digits, percent, steps } from "./support.mjs";

const { training, test } = await digits();
const activations = [
  () => new Sigmoid(),
  () => new Tanh(),
  () => new ReLU(),
  () => new LeakyReLU({ slope: 0.001 }),
  () => new ELU(),
];

for (const make of activations) {
  const accuracies = [];
  for (const from of [randomUniform({ low: -1, high: 1 }), heUniform()]) {
    const dense = (units) => new Dense({ units, kernelInitializer: from });
    const model = new Sequential([new Flatten(), dense(50), make(), dense(10)], {
      inputShape: [1, 28, 28],
      seed: 1,
    });
    model.compile({
      optimizer: new SGD({ learningRate: 0.01 }),
      loss: softmaxCrossEntropy(),
      metrics: ["accuracy"],
    });
    await model.fit(training, { steps: steps(2000), batchSize: 128 });
    accuracies.push((await model.evaluate(test)).accuracy);
    await model.close();
  }
  const [plain, he] = accuracies.map(percent);
  console.log(`${make().type.padEnd(10)} from U(-1, 1) ${plain}, from He's ${he}`);
}
