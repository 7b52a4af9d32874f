// Lesson 1-1: gradient descent finds the line y = 2x + 2, all samples at once.
import { Dense, meanSquaredError, Sequential, SGD } from "@loam/nn";
import { steps, table, uniform } from "./support.mjs";

const random = uniform(1);
const x = Array.from({ length: 100 }, () => random(-3, 3));
const line = table(
  x,
  x.map((value) => 2 * value + 2),
);

const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], seed: 1 });
model.compile({ optimizer: new SGD({ learningRate: 0.05 }), loss: meanSquaredError() });
const { epochs } = await model.fit(line, { steps: steps(500), batchSize: 100 });

const [w, b] = await model.getWeights();
console.log(`loss ${epochs[0].loss.toFixed(3)} at first, ${epochs.at(-1).loss.toExponential(1)} in the end`);
console.log(`y = ${w.data[0].toFixed(3)}x + ${b.data[0].toFixed(3)}`);
await model.close();
