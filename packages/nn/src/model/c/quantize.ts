import { applyScaling } from "../../data/scaling.js";
import { DataError } from "../../errors.js";
import { sizeOf } from "../../graph/shape.js";
import type { Layer } from "../../layers/layer.js";
import { Reshape } from "../../layers/reshape.js";
import { Softmax } from "../../layers/softmax.js";
import type { Inputs, Output } from "../../training/predict.js";
import type { Model } from "../model.js";
import { Sequential } from "../sequential.js";
import { copyLayer } from "../transfer/copy-layer.js";
import { type Int8Plan, int8Plan, type Range } from "./int8-plan.js";
import { runInt8 } from "./int8-run.js";
import type { Step, Steps } from "./steps.js";

/** How many samples' values are in memory at once. */
const AT_ONCE = 64;

/** A model in int8 by the ranges of its values over samples. @throws {DataError} `no-samples` */
export async function quantized(plain: Model, plan: Steps, samples: Inputs): Promise<Int8Plan> {
  const ranges = await rangesOf(plain, plan, samples);
  return int8Plan(plan, ranges, async ({ layer }, xs) => {
    return through([copyLayer(layer, new Map())], { data: xs, shape: [1, xs.length] });
  });
}

async function rangesOf(plain: Model, { values }: Steps, { data, shape }: Inputs): Promise<Range[]> {
  const count = shape[0] ?? 0;
  if (count === 0)
    throw new DataError("no-samples", "C in int8: expected samples to calibrate by, got none.");
  const ranges = values.map(() => ({ least: 0, most: 0 }));
  const size = sizeOf(plain.inputShape);
  for (let start = 0; start < count; start += AT_ONCE) {
    const n = Math.min(AT_ONCE, count - start);
    const raw = data.subarray(start * size, (start + n) * size);
    const made = await plain.activations({ data: raw, shape: [n, ...plain.inputShape] });
    values.forEach(({ call }, value) => {
      const numbers = call < 0 ? applyScaling(raw, plain.scaling) : made[call]!.data;
      const range = ranges[value]!;
      for (const x of numbers) {
        if (x < range.least) range.least = x;
        if (x > range.most) range.most = x;
      }
    });
  }
  return ranges;
}

/** What the C makes of raw samples. */
export async function predictInt8(
  { scaling, inputShape, outputShape }: Pick<Model, "scaling" | "inputShape" | "outputShape">,
  plan: Int8Plan,
  sizes: readonly number[],
  { data, shape }: Inputs,
): Promise<Output> {
  const count = shape[0]!;
  const size = sizeOf(inputShape);
  const each = sizes[plan.last]!;
  const made = new Float32Array(count * each);
  for (let i = 0; i < count; i++) {
    const x = applyScaling(data.subarray(i * size, (i + 1) * size), scaling);
    made.set(runInt8(plan, sizes, x), i * each);
  }
  const output = await throughTail(plan.tail, made, each);
  return { data: output, shape: [count, ...outputShape] };
}

/** The steps in float32, by their layers. */
async function throughTail(tail: Int8Plan["tail"], made: Float32Array, each: number): Promise<Float32Array> {
  if (tail.length === 0 || made.length === 0) return made;
  const layers = tail.flatMap((step: Step & { readonly kind: "map" | "softmax" }) =>
    step.kind === "map"
      ? [copyLayer(step.layer, new Map())]
      : [new Reshape({ targetShape: [step.rows, step.columns] }), new Softmax()],
  );
  return through(layers, { data: made, shape: [made.length / each, each] });
}

async function through(layers: readonly Layer[], inputs: Inputs): Promise<Float32Array> {
  const model = new Sequential(layers, { inputShape: inputs.shape.slice(1), threads: 1 });
  try {
    return (await model.predict(inputs)).data;
  } finally {
    await model.close();
  }
}
