// Lessons 2-4 and 2-5: 784-32-10 with sigmoid, the same start, the same order of samples, every optimizer.
import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  Dense,
  Flatten,
  RMSprop,
  Sequential,
  SGD,
  Sigmoid,
  softmaxCrossEntropy,
} from "@loam/nn";
import { digits, percent, steps } from "./support.mjs";

const { training, test } = await digits();
const optimizers = {
  SGD: new SGD({ learningRate: 0.1 }),
  momentum: new SGD({ learningRate: 0.1, momentum: 0.9 }),
  Nesterov: new SGD({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  Adagrad: new Adagrad({ learningRate: 0.05 }),
  RMSprop: new RMSprop({ learningRate: 0.005 }),
  Adadelta: new Adadelta({ learningRate: 1 }),
  Adam: new Adam({ learningRate: 0.005 }),
  AdamW: new AdamW({ learningRate: 0.005 }),
};

for (const [name, optimizer] of Object.entries(optimizers)) {
  const layers = [new Flatten(), new Dense({ units: 32 }), new Sigmoid(), new Dense({ units: 10 })];
  const model = new Sequential(layers, { inputShape: [1, 28, 28], seed: 1 });
  model.compile({ optimizer, loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
  await model.fit(training, { steps: steps(2000), batchSize: 128 });
  const { loss, accuracy } = await model.evaluate(test);
  console.log(`${name.padEnd(9)} loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}`);
  await model.close();
}
