// Lesson 2-1: MulLayer and AddLayer are one Dense. x [100, 10] from U(-5, 5), y = x·w + 3, learning rate 0.001, full batch, 10,000 steps.
import { Dense, meanSquaredError, randomUniform, Sequential, SGD } from "@loam/nn";
import { list, steps, table, uniform } from "./support.mjs";

const random = uniform(5);
const w = Array.from({ length: 10 }, () => random(-5, 5));
const x = Array.from({ length: 100 }, () => w.map(() => random(-5, 5)));
const y = x.map((row) => row.reduce((sum, value, j) => sum + value * w[j], 3));

const from = randomUniform({ low: -5, high: 5 });
const dense = new Dense({ units: 1, kernelInitializer: from, biasInitializer: from });
const model = new Sequential([dense], { inputShape: [10], seed: 1 });
model.compile({ optimizer: new SGD({ learningRate: 0.001 }), loss: meanSquaredError() });
await model.fit(table(x, y), { steps: steps(10_000), batchSize: 100 });

const [kernel, bias] = await model.getWeights();
console.log(`true weights   ${list(w)}; bias 3.000`);
console.log(`found weights  ${list(kernel.data)}; bias ${list(bias.data)}`);
await model.close();
