// Lesson 1-5: softmax regression on digits, 784-10, batch 512.
import { Dense, Flatten, Sequential, SGD, softmaxCrossEntropy } from "@loam/nn";
import { digits, percent, quick } from "./support.mjs";

const { training, test } = await digits();
const model = new Sequential([new Flatten(), new Dense({ units: 10 })], { inputShape: [1, 28, 28], seed: 1 });
model.compile({
  optimizer: new SGD({ learningRate: 0.5 }),
  loss: softmaxCrossEntropy(),
  metrics: ["accuracy"],
});
await model.fit(training, { epochs: quick ? 1 : 10, batchSize: 512 });

const { loss, accuracy } = await model.evaluate(test);
console.log(`${test.name}: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}`);
await model.close();
