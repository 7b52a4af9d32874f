// Training steps of small networks of many shapes: of one convolution behind a 1x1 one, so that all its gradients are asked for, with the mean
// over its pixels and ten classes behind it; and of dense layers. bench/peers/pytorch.py shapes measures the same in PyTorch.
import { readFile } from "node:fs/promises";
import {
  Adam,
  Conv2d,
  Dense,
  GlobalAvgPool2d,
  ReLU,
  softmaxCrossEntropy,
} from "../packages/nn/dist/index.js";
import { numbers, withEngine } from "./engines.mjs";
import { interleaved } from "./measure.mjs";
import { trainingCandidate } from "./networks.mjs";

const elements = (shape) => shape.reduce((product, size) => product * size, 1);

const described = (name, batchSize, inputShape, classes, layers) => ({
  name,
  layers,
  optimizer: new Adam(),
  loss: softmaxCrossEntropy(),
  accuracy: false,
  batchSize,
  inputShape,
  inputsOf: (batch) => numbers(batch * elements(inputShape), 7),
  labels: {
    type: "u32",
    shape: [],
    of: (batch) => Uint32Array.from({ length: batch }, (_, i) => i % classes),
  },
});

function convolution({ batch, channels, filters, kernel, stride, padding, size }) {
  const name = `${batch}, ${channels}→${filters}, ${kernel}x${kernel}, ${stride}, ${padding}, ${size}`;
  return described(name, batch, [channels, size, size], 10, [
    new Conv2d({ filters: channels, kernelSize: 1 }),
    new Conv2d({ filters, kernelSize: kernel, stride, padding }),
    new GlobalAvgPool2d(),
    new Dense({ units: 10 }),
  ]);
}

function dense({ batch, widths }) {
  const layers = widths.slice(1).flatMap((units, i) => [...(i ? [new ReLU()] : []), new Dense({ units })]);
  return described(`${batch}; ${widths.join("-")}`, batch, [widths[0]], widths.at(-1), layers);
}

/** Each network's least and median step, all numbers of threads in turn. */
export async function measureShapes({ threads, precision, rounds, only }) {
  const listed = JSON.parse(await readFile(new URL("shape-networks.json", import.meta.url), "utf8"));
  const makers = [
    ...listed.convolutions.map((one) => () => convolution(one)),
    ...listed.dense.map((one) => () => dense(one)),
  ];
  const rows = [];
  for (const make of makers) {
    const { name } = make();
    if (only && !name.includes(only)) continue;
    for (const used of precision) {
      const steps = await onEngines(threads, used, async (engines) => {
        const made = [];
        for (const engine of engines) made.push((await trainingCandidate(engine, make())).candidate);
        return interleaved(made, { rounds });
      });
      for (const [i, { microseconds, min }] of steps.entries())
        rows.push({ name, threads: threads[i], precision: used, microseconds, minMicroseconds: min });
    }
  }
  return rows;
}

/** Does something with an engine for each number of threads, all there at once. */
async function onEngines([threads, ...others], precision, use, engines = []) {
  if (threads === undefined) return use(engines);
  return withEngine({ threads, precision }, (engine) =>
    onEngines(others, precision, use, [...engines, engine]),
  );
}
