import { requireType } from "../data/dataset.js";
import { applyScaling, requireScaling, type Scaling } from "../data/scaling.js";
import { requirePositiveInteger } from "../errors.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import type { Runtime } from "./runtime.js";

/** Samples one after the other, [samples, …shape of a sample], unscaled. */
export interface Inputs {
  readonly data: Uint8Array | Float32Array;
  readonly shape: Shape;
}

export interface PredictOptions {
  /** Samples at once, default 256. */
  readonly batchSize?: number;
}

/** Numbers with their shape, in row-major order: a copy. */
export interface Output {
  readonly data: Float32Array;
  readonly shape: Shape;
}

/**
 * Predicts; see `Sequential.predict`. The scaling may have been set by hand and is checked. With `every`, each layer's output instead of the
 * last one's.
 */
export async function predict(
  runtime: Runtime,
  inputs: Inputs,
  scaling: Scaling,
  { batchSize = 256 }: PredictOptions,
  every = false,
): Promise<Output[]> {
  requirePositiveInteger("predict", "batchSize", batchSize);
  // Typed arrays of other kinds are converted below.
  if (!ArrayBuffer.isView(inputs.data))
    requireType("predict", "inputs", inputs.data, [Uint8Array, Float32Array]);
  const samples = inputs.shape[0]!;
  const size = sizeOf(inputs.shape.slice(1));
  requireScaling("predict", scaling, size);
  let results: { data: Float32Array; shape: Shape }[] | undefined;
  for (let start = 0; start < samples; start += batchSize) {
    const batch = Math.min(batchSize, samples - start);
    const x = applyScaling(inputs.data.subarray(start * size, (start + batch) * size), scaling);
    const values = await runtime.prediction(batch, every, ({ program, inputs: at, outputs }) =>
      runtime.machine.exclusive(async () => {
        await runtime.engine.write(at, x);
        await runtime.machine.run(program);
        return Promise.all(
          outputs.map(async ({ address, tensor: { shape } }) => ({
            shape,
            value: await runtime.machine.readF32(address, sizeOf(shape)),
          })),
        );
      }),
    );
    results ??= values.map((one) => {
      const shape = [samples, ...one.shape.slice(1)];
      return { data: new Float32Array(sizeOf(shape)), shape };
    });
    values.forEach(({ value }, i) => {
      results![i]!.data.set(value, start * (value.length / batch));
    });
  }
  return results ?? [];
}
