import { type BatchSource, checkedSource, isSource } from "../../data/batch-source.js";
import { type Dataset, validateDataset } from "../../data/dataset.js";
import { requirePositiveInteger } from "../../errors.js";
import { sizeOf } from "../../graph/shape.js";
import { Input } from "../../layers/symbolic.js";
import { requireOptions } from "../../options.js";
import type { Engine } from "../../program/machine.js";
import { requireInputs } from "../checks.js";
import { model as connect } from "../functional.js";
import type { Model } from "../model.js";
import { bodyOf } from "./body-of.js";

export interface FeaturesOptions {
  /** Samples at once, default 256. */
  readonly batchSize?: number;
  /** An engine to compute on; by default one that is closed afterwards. */
  readonly engine?: Engine;
}

/**
 * What a trained model makes of each sample, up to one of its layers, as a dataset: the body runs once a sample, and a head on it trains at the
 * head's price.
 *
 * ```ts
 * const data = await features(body, "globalAvgPool2d1", pictures);
 * const head = new Sequential([new Dense({ units: 3 })], { inputShape: data.inputs.shape.slice(1) });
 * ```
 *
 * `data` is a dataset, or a source, which is read in its order; as in `predict`, the model's own `scaling` is applied and dropout is off. Labels,
 * weights and class names are the data's. The result is float32 [samples, …shape of the layer's output], in memory.
 * @param upTo See `bodyOf`.
 * @throws {ConfigError} `up-to-unknown`, `not-single`, `batch-size-not-positive`. @throws {ShapeError} `input-shape`. @throws {DataError} when
 * the data is wrong in itself.
 */
export async function features(
  model: Model,
  upTo: string | number,
  data: Dataset | BatchSource,
  options: FeaturesOptions = {},
): Promise<Dataset> {
  requireOptions("features", options, ["batchSize", "engine"]);
  const { batchSize = 256, engine } = options;
  requirePositiveInteger("features", "batchSize", batchSize);
  const body = await bodyOf(model, { upTo });
  const x = new Input({ shape: body.inputShape });
  const taken = connect({ name: model.name, inputs: x, outputs: body.apply(x), ...(engine && { engine }) });
  taken.scaling = model.scaling;
  const valuesOf = async (inputs: Dataset["inputs"]) => {
    requireInputs(taken, data.name, inputs);
    return (await taken.predict(inputs, { batchSize })).data;
  };
  const about = {
    name: `features of ${data.name}`,
    scaling: { kind: "none" },
    ...(data.classNames && { classNames: data.classNames }),
  } as const;
  const shapeOf = (samples: number) => [samples, ...body.outputShape];
  try {
    if (!isSource(data)) {
      validateDataset(data);
      const { inputs, labels, weights } = data;
      const made = { data: await valuesOf(inputs), shape: shapeOf(inputs.shape[0]!) };
      return { ...about, inputs: made, labels, ...(weights && { weights }) };
    }
    const source = checkedSource(data);
    const { samples } = source;
    const { type, shape } = source.labels;
    const size = sizeOf(body.outputShape);
    const each = sizeOf(shape);
    const made = new Float32Array(samples * size);
    const labels = new { u8: Uint8Array, u32: Uint32Array, f32: Float32Array }[type](samples * each);
    const weights = source.weighted ? new Float32Array(samples) : undefined;
    const { signal } = new AbortController();
    for (let start = 0; start < samples; start += batchSize) {
      const count = Math.min(batchSize, samples - start);
      const read = await source.read(
        Uint32Array.from({ length: count }, (_, i) => start + i),
        signal,
      );
      const part = { data: read.inputs[0]!, shape: [count, ...source.inputs[0]!.shape] };
      made.set(await valuesOf(part), start * size);
      labels.set(read.labels, start * each);
      if (read.weights) weights?.set(read.weights, start);
    }
    return {
      ...about,
      inputs: { data: made, shape: shapeOf(samples) },
      labels: { data: labels, shape: [samples, ...shape] },
      ...(weights && { weights }),
    };
  } finally {
    await taken.close();
  }
}
