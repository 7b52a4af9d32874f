import type { Dataset } from "../data/dataset.js";
import { requirePositiveInteger } from "../errors.js";
import type { LoadedData } from "../program/data-store.js";
import type { MetricMemory } from "../program/metric-memory.js";
import { resultsOf } from "./metric-results.js";
import type { Measured, Runtime } from "./runtime.js";

export interface EvaluateOptions {
  /** Samples at once, default 256; what comes out may differ in the last bits between batch sizes. */
  readonly batchSize?: number;
}

export interface Evaluation {
  /** Mean over the samples, penalties included. */
  readonly loss: number;
  /** The share of samples told right, in [0, 1], where the model was compiled to count it. */
  readonly accuracy?: number;
  /** Those that the model was compiled with, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly samples: number;
}

/** Evaluates; see `Sequential.evaluate`. */
export async function evaluate(
  runtime: Runtime,
  compiled: Measured,
  dataset: Dataset,
  { batchSize = 256 }: EvaluateOptions,
): Promise<Evaluation> {
  requirePositiveInteger("evaluate", "batchSize", batchSize);
  return runtime.evaluations.run(() =>
    runtime.withData(dataset, (data) =>
      runtime.withMetrics(compiled.metrics, "evaluate", (memory) =>
        inTurn(runtime, compiled, dataset, data, memory, batchSize),
      ),
    ),
  );
}

async function inTurn(
  runtime: Runtime,
  compiled: Measured,
  dataset: Dataset,
  data: LoadedData,
  metrics: MetricMemory | undefined,
  batchSize: number,
): Promise<Evaluation> {
  const { samples } = data;
  const { evaluationWords: words, machine } = runtime;
  const whole = Math.floor(samples / batchSize);
  const rest = samples % batchSize;
  await machine.exclusive(async () => {
    await words.beginPass();
    await metrics?.begin();
  });
  for (const [batch, times] of [
    [batchSize, whole],
    [rest, rest > 0 ? 1 : 0],
  ] as const) {
    if (times === 0) continue;
    const finite = await runtime.evaluation(dataset, data, batch, compiled, metrics, async (program) => {
      for (let done = 0; done < times; ) {
        const run = await machine.exclusive(() => machine.run(program, times - done, 20));
        if (!run.finite) return false;
        done += run.times;
      }
      return true;
    });
    if (!finite) {
      const unknown = Object.fromEntries(compiled.metrics.map(({ name }) => [name, Number.NaN]));
      return {
        loss: Number.NaN,
        ...(compiled.accuracy && { accuracy: Number.NaN }),
        ...(metrics && { metrics: unknown }),
        samples,
      };
    }
  }
  return machine.exclusive(async () => {
    const { lossSum, correct } = await words.sums();
    return {
      loss: lossSum / samples,
      ...(compiled.accuracy && { accuracy: correct / samples }),
      ...(metrics && { metrics: resultsOf(compiled.metrics, await metrics.read(), samples) }),
      samples,
    };
  });
}
