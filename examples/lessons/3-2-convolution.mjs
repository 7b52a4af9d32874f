// Lesson 3-2: 1x28x28 through 32 filters of 3x3, ReLU, dropout 0.2, flatten, dense 10; Adam, batch 32.
import { Adam, Conv2d, Dense, Dropout, Flatten, ReLU, Sequential, softmaxCrossEntropy } from "@loam/nn";
import { digits, percent, quick } from "./support.mjs";

const { training, test } = await digits();
const model = new Sequential(
  [
    new Conv2d({ filters: 32, kernelSize: 3 }),
    new ReLU(),
    new Dropout({ rate: 0.2 }),
    new Flatten(),
    new Dense({ units: 10 }),
  ],
  { inputShape: [1, 28, 28], seed: 1 },
);
model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
console.log(model.summaryText());
await model.fit(training, { epochs: 1, batchSize: 32, ...(quick && { steps: 20 }) });

const { loss, accuracy } = await model.evaluate(test);
console.log(`${test.name}: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}`);
await model.close();
