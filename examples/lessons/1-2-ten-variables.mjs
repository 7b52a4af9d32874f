// Lesson 1-2: the same with ten variables, y = x·w + b.
import { Dense, meanSquaredError, Sequential, SGD } from "@loam/nn";
import { list, steps, table, uniform } from "./support.mjs";

const random = uniform(2);
const w = Array.from({ length: 10 }, () => random(-5, 5));
const x = Array.from({ length: 200 }, () => w.map(() => random(-1, 1)));
const y = x.map((row) => row.reduce((sum, value, j) => sum + value * w[j], 3));

const model = new Sequential([new Dense({ units: 1 })], { inputShape: [10], seed: 1 });
model.compile({ optimizer: new SGD({ learningRate: 0.3 }), loss: meanSquaredError() });
await model.fit(table(x, y), { steps: steps(500), batchSize: 200 });

const [kernel, bias] = await model.getWeights();
console.log(`true weights   ${list(w)}; bias 3.000`);
console.log(`found weights  ${list(kernel.data)}; bias ${list(bias.data)}`);
await model.close();
