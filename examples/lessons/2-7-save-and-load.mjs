// Lesson 2-7: 784-100-100-100-10 with Adam 0.01: sizes inferred, saved, loaded, trained further, evaluated, one picture predicted.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Adam,
  Dense,
  Flatten,
  load,
  ReLU,
  Sequential,
  save,
  softmaxCrossEntropy,
  takeSamples,
} from "@loam/nn";
import { digits, percent, steps } from "./support.mjs";

const { training, test } = await digits();
const hidden = () => [new Dense({ units: 100 }), new ReLU()];
const model = new Sequential(
  [new Flatten(), ...hidden(), ...hidden(), ...hidden(), new Dense({ units: 10 })],
  {
    inputShape: [1, 28, 28],
    seed: 1,
  },
);
const how = () => ({
  optimizer: new Adam({ learningRate: 0.01 }),
  loss: softmaxCrossEntropy(),
  metrics: ["accuracy"],
});
await model.compile(how()).fit(training, { steps: steps(500), batchSize: 128 });
console.log(`before saving  ${percent((await model.evaluate(test)).accuracy)}`);

const folder = await mkdtemp(join(tmpdir(), "loam-lesson-"));
await save(model, join(folder, "model.safetensors"));
const loaded = await load(join(folder, "model.safetensors"));
await rm(folder, { recursive: true });
loaded.compile(how());
console.log(`after loading  ${percent((await loaded.evaluate(test)).accuracy)}`);

await loaded.fit(training, { steps: steps(500), batchSize: 128 });
console.log(`trained on     ${percent((await loaded.evaluate(test)).accuracy)}`);

const one = takeSamples(test, 0, 1);
const { labels, probabilities } = await loaded.classify(one.inputs);
console.log(
  `one picture    a ${one.labels.data[0]}, taken for a ${labels[0]} with probability ${percent(probabilities.data[labels[0]])}`,
);
await Promise.all([model.close(), loaded.close()]);
