// Lesson 2-6: 300 samples and five hidden layers overfit; L2 and dropout against it. The lessons' reg 0.01 is our l2(0.005), and
// half of their 3,000 steps show the same.
import {
  Dense,
  Dropout,
  Flatten,
  heUniform,
  l2,
  ReLU,
  Sequential,
  SGD,
  softmaxCrossEntropy,
  takeSamples,
} from "@loam/nn";
import { digits, percent, steps } from "./support.mjs";

const all = await digits();
const training = takeSamples(all.training, 0, 300);
const test = takeSamples(all.test, 0, 300);

function layers(penalty, rate) {
  const dense = (units) =>
    new Dense({ units, kernelInitializer: heUniform(), ...(penalty && { kernelRegularizer: penalty }) });
  const hidden = () => [dense(100), new ReLU(), ...(rate > 0 ? [new Dropout({ rate })] : [])];
  return [new Flatten(), ...Array.from({ length: 5 }, hidden).flat(), dense(10)];
}

for (const [name, penalty, rate] of [
  ["neither", undefined, 0],
  ["L2", l2(0.005), 0],
  ["dropout", undefined, 0.2],
  ["both", l2(0.005), 0.2],
]) {
  const model = new Sequential(layers(penalty, rate), { inputShape: [1, 28, 28], seed: 1 });
  model.compile({
    optimizer: new SGD({ learningRate: 0.01 }),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
  await model.fit(training, { steps: steps(1500), batchSize: 128 });
  const [seen, unseen] = [await model.evaluate(training), await model.evaluate(test)];
  console.log(`${name.padEnd(8)} training ${percent(seen.accuracy)}, test ${percent(unseen.accuracy)}`);
  await model.close();
}
