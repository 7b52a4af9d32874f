// Lesson 2-2: 784-50-10 with sigmoid, weights and biases from U(-1, 1), SGD 0.01, batch 128, 10,000 steps.
import { Dense, Flatten, randomUniform, Sequential, SGD, Sigmoid, softmaxCrossEntropy } from "@loam/nn";
import { digits, percent, steps } from "./support.mjs";

const { training, test } = await digits();
const from = randomUniform({ low: -1, high: 1 });
const dense = (units) => new Dense({ units, kernelInitializer: from, biasInitializer: from });
const model = new Sequential([new Flatten(), dense(50), new Sigmoid(), dense(10)], {
  inputShape: [1, 28, 28],
  seed: 1,
});
model.compile({
  optimizer: new SGD({ learningRate: 0.01 }),
  loss: softmaxCrossEntropy(),
  metrics: ["accuracy"],
});
await model.fit(training, { steps: steps(10_000), batchSize: 128 });

const { loss, accuracy } = await model.evaluate(test);
console.log(`${test.name}: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}`);
await model.close();
