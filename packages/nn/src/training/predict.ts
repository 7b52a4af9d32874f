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
 * Predicts; see `Model.predict`. The scaling may have been set by hand and is checked. With `every`, each layer's output instead of the
 * network's. All inputs have as many samples.
 */
export async function predict(
  runtime: Runtime,
  inputs: readonly Inputs[],
  scaling: Scaling,
  { batchSize = 256 }: PredictOptions,
  every = false,
): Promise<Output[]> {
  requirePositiveInteger("predict", "batchSize", batchSize);
  const samples = inputs[0]!.shape[0]!;
  const parts = inputs.map(({ data, shape }) => {
    // Typed arrays of other kinds are converted below.
    if (!ArrayBuffer.isView(data)) requireType("predict", "inputs", data, [Uint8Array, Float32Array]);
    const size = sizeOf(shape.slice(1));
    requireScaling("predict", scaling, size);
    return (start: number, count: number) =>
      applyScaling(data.subarray(start * size, (start + count) * size), scaling);
  });
  let results: { data: Float32Array; shape: Shape }[] | undefined;
  for (let start = 0; start < samples; start += batchSize) {
    const batch = Math.min(batchSize, samples - start);
    const xs = parts.map((part) => part(start, batch));
    const values = await runtime.prediction(batch, every, ({ program, inputs: at, outputs }) =>
      runtime.machine.exclusive(async () => {
        for (const [i, x] of xs.entries()) await runtime.engine.write(at[i]!, x);
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
