import type { CheckedData } from "../data/batch-source.js";
import { requirePositiveInteger } from "../errors.js";
import type { LoadedData } from "../program/loaded-data.js";
import type { MetricMemory } from "../program/metric-memory.js";
import { Course } from "./course.js";
import { resultsOf } from "./metric-results.js";
import type { Measured, Runtime } from "./runtime.js";
import type { Weighing } from "./weighing.js";

export interface EvaluateOptions extends Weighing {
  /** Samples at once, default 256; what comes out may differ in the last bits between batch sizes. */
  readonly batchSize?: number;
}

/** What `evaluate` counts. */
export interface Evaluation {
  /** Mean over the samples, each as much as it weighs, penalties included. */
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
  dataset: CheckedData,
  { batchSize = 256 }: EvaluateOptions,
): Promise<Evaluation> {
  requirePositiveInteger("evaluate", "batchSize", batchSize);
  return runtime.evaluations.run(() =>
    runtime.withData(dataset, batchSize, undefined, (data) =>
      runtime.withMetrics(compiled.metrics, "evaluate", (memory) =>
        inTurn(runtime, compiled, data, memory, batchSize),
      ),
    ),
  );
}

async function inTurn(
  runtime: Runtime,
  compiled: Measured,
  data: LoadedData,
  metrics: MetricMemory | undefined,
  batchSize: number,
): Promise<Evaluation> {
  const { samples } = data;
  const { evaluationWords: words, machine } = runtime;
  const course = new Course(samples, batchSize, Math.ceil(samples / batchSize));
  await data.beginPass();
  await machine.exclusive(async () => {
    await words.beginPass();
    await metrics?.begin();
  });
  for (let done = 0; done < course.steps; ) {
    const { batch, alike } = course.next(done);
    const there = await data.ready(course.seenInEpoch(done), words);
    const end = done + Math.min(alike, Math.floor(there / batch));
    const finite = await runtime.evaluation(data, batch, compiled, metrics, async (program) => {
      while (done < end) {
        const run = await machine.exclusive(() => machine.run(program, end - done, 20));
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
      ...(compiled.accuracy && { accuracy: correct / (samples * runtime.answers) }),
      ...(metrics && { metrics: resultsOf(compiled.metrics, await metrics.read(), samples) }),
      samples,
    };
  });
}
