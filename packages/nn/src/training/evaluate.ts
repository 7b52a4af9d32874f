import type { Dataset } from "../data/dataset.js";
import { requirePositiveInteger } from "../errors.js";
import type { LoadedData } from "../program/data-store.js";
import type { Compiled, Runtime } from "./runtime.js";

export interface EvaluateOptions {
  /** Samples at once, default 256; what comes out may differ in the last bits between batch sizes. */
  readonly batchSize?: number;
}

export interface Evaluation {
  /** Mean over the samples, penalties included. */
  readonly loss: number;
  /** The share of samples told right, in [0, 1], where the model was compiled to count it. */
  readonly accuracy?: number;
  readonly samples: number;
}

/** Evaluates; see `Sequential.evaluate`. */
export async function evaluate(
  runtime: Runtime,
  compiled: Pick<Compiled, "loss" | "accuracy">,
  dataset: Dataset,
  { batchSize = 256 }: EvaluateOptions,
): Promise<Evaluation> {
  requirePositiveInteger("evaluate", "batchSize", batchSize);
  return runtime.evaluations.run(() =>
    runtime.withData(dataset, (data) => inTurn(runtime, compiled, dataset, data, batchSize)),
  );
}

async function inTurn(
  runtime: Runtime,
  compiled: Pick<Compiled, "loss" | "accuracy">,
  dataset: Dataset,
  data: LoadedData,
  batchSize: number,
): Promise<Evaluation> {
  const { samples } = data;
  const { evaluationWords: words, machine } = runtime;
  const whole = Math.floor(samples / batchSize);
  const rest = samples % batchSize;
  await machine.exclusive(() => words.beginPass());
  for (const [batch, times] of [
    [batchSize, whole],
    [rest, rest > 0 ? 1 : 0],
  ] as const) {
    if (times === 0) continue;
    const finite = await runtime.evaluation(dataset, data, batch, compiled, async (program) => {
      for (let done = 0; done < times; ) {
        const run = await machine.exclusive(() => machine.run(program, times - done, 20));
        if (!run.finite) return false;
        done += run.times;
      }
      return true;
    });
    if (!finite) return { loss: Number.NaN, ...(compiled.accuracy && { accuracy: Number.NaN }), samples };
  }
  const { lossSum, correct } = await machine.exclusive(() => words.sums());
  return { loss: lossSum / samples, ...(compiled.accuracy && { accuracy: correct / samples }), samples };
}
