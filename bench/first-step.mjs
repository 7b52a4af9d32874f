// A process of its own: from its start to the end of its first training step of mlp, in milliseconds.
import process from "node:process";
import { Sequential, softmaxCrossEntropy, standardModel } from "@loam/nn";

const { layers, optimizer, batchSize } = standardModel("mlp", { inputShape: [1, 28, 28], classes: 10 });
const model = new Sequential(layers, { inputShape: [1, 28, 28], threads: 1 });
model.compile({ optimizer, loss: softmaxCrossEntropy() });
const images = Uint8Array.from({ length: batchSize * 784 }, (_, i) => i);
const labels = Uint8Array.from({ length: batchSize }, (_, i) => i % 10);
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
