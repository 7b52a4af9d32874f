// A process of its own: from its start to the end of its first training step of mlp, in milliseconds. What is not Loam's own doing is
// kept short: filling the images by Uint8Array.from took 5 ms, importing node:process 3.
import { Sequential, softmaxCrossEntropy, standardModel } from "@loam/nn";

const { layers, optimizer, batchSize } = standardModel("mlp", { inputShape: [1, 28, 28], classes: 10 });
const model = new Sequential(layers, { inputShape: [1, 28, 28], threads: 1 });
model.compile({ optimizer, loss: softmaxCrossEntropy() });
const images = new Uint8Array(batchSize * 784).map((_, i) => i);
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
process.stdout.write(`${performance.now()}\n`); // counted from the process's start
await model.close();
