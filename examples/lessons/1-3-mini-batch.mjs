// Lesson 1-3: mini-batches. The same number of samples seen, in one batch a pass or in many: many small steps go further.
import { Dense, meanSquaredError, Sequential, SGD } from "@loam/nn";
import { quick, table, uniform } from "./support.mjs";

const random = uniform(3);
const x = Array.from({ length: 1000 }, () => [random(-1, 1), random(-1, 1)]);
const data = table(
  x,
  x.map(([a, b]) => 4 * a - 3 * b + 1 + random(-0.1, 0.1)),
);

for (const batchSize of [1000, 100, 10]) {
  const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2], seed: 1 });
  model.compile({ optimizer: new SGD({ learningRate: 0.05 }), loss: meanSquaredError() });
  const { steps } = await model.fit(data, { epochs: quick ? 2 : 20, batchSize });
  const { loss } = await model.evaluate(data);
  console.log(
    `batch ${String(batchSize).padStart(4)}: ${String(steps).padStart(4)} steps, mean squared error ${loss.toFixed(4)}`,
  );
  await model.close();
}
