// A process of its own: from its start to the end of its first training step of mlp, in milliseconds. What is not Loam's own doing is
// kept short: filling the images by a function took 3 to 5 ms, importing node:process 3, the first look at process.stdout 5.
import { Sequential, softmaxCrossEntropy, standardModel } from "@loam/nn";

const { layers, optimizer, batchSize } = standardModel("mlp", { inputShape: [1, 28, 28], classes: 10 });
const model = new Sequential(layers, { inputShape: [1, 28, 28], threads: 1 });
model.compile({ optimizer, loss: softmaxCrossEntropy() });
const images = new Uint8Array(batchSize * 784);
for (let i = 0; i < batchSize; i++) images.fill(2 * i, i * 784 + i);
const labels = new Uint8Array(batchSize).map((_, i) => i % 10);
await model.fit(
  {
    inputs: { data: images, shape: [batchSize, 1, 28, 28] },
    labels: { data: labels, shape: [batchSize] },
    scaling: { kind: "divide", by: 255 },
    name: "first step",
  },
  { steps: 1, batchSize },
);
const milliseconds = performance.now(); // counted from the process's start
process.stdout.write(`${milliseconds}\n`);
await model.close();
