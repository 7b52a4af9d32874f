import {
  type DatasetInputs,
  type Evaluation,
  Flatten,
  lossFromConfig,
  type Model,
  type Output,
  Sequential,
  SGD,
} from "@loam/nn";
import { countsAnswers, usualLoss } from "./make-model.js";
import { inParts, isStream, labelsOf, type Samples } from "./samples.js";

/** What a network made of every sample of a dataset, and how great its loss was. */
export interface Answers {
  readonly evaluation: Evaluation;
  /** Of a network that predicts numbers: its outputs, [samples, targets]. */
  readonly outputs?: Output;
  /** Of one that tells classes or labels, as `classify`: the most probable class of each sample, or 1 or 0 for each label, and all probabilities. */
  readonly told?: Uint32Array;
  readonly probabilities?: Output;
}

/** How many bytes of a stream are in memory at once. */
const PART = 2 ** 26;

export interface AnswerOptions {
  readonly batchSize?: number;
}

/**
 * Runs a compiled network once over a dataset: its loss is that of `evaluate`, to the last bit, and its answers those of `predict` or `classify`.
 * Where these are not finite, the loss is not either, and there are none.
 */
export async function answersOf(
  model: Model,
  dataset: Samples,
  options: AnswerOptions = {},
): Promise<Answers> {
  const isNumbers = predictsNumbers(model);
  // A penalty belongs to the loss, and a closing function is a part of it: neither can be seen from the outputs.
  if (model.network.regularization() || model.network.closing !== undefined) {
    const evaluation = await model.evaluate(dataset, options);
    if (isNumbers) return { evaluation, outputs: await predicted(model, dataset, options) };
    const told: ArrayLike<number>[] = [];
    const probabilities = await over(dataset, async (inputs) => {
      const classified = await model.classify(inputs, options);
      told.push(classified.labels);
      return classified.probabilities;
    });
    return { evaluation, told: Uint32Array.from(told.flatMap((part) => Array.from(part))), probabilities };
  }
  const outputs = await predicted(model, dataset, options);
  const labels = labelsOf(dataset);
  const { classNames, name } = dataset;
  if (!outputs.data.every(Number.isFinite))
    return { evaluation: { loss: Number.NaN, accuracy: Number.NaN, samples: labels.shape[0]! } };
  const passing = passOn(model);
  try {
    const answers = { name, inputs: outputs, labels, scaling: { kind: "none" } as const };
    const evaluation = await passing.evaluate(classNames ? { ...answers, classNames } : answers, options);
    if (isNumbers) return { evaluation, outputs };
    const { labels: told, probabilities } = await passing.classify(outputs, options);
    return { evaluation, told, probabilities };
  } finally {
    await passing.close();
  }
}

function predicted(model: Model, samples: Samples, options: AnswerOptions): Promise<Output> {
  return over(samples, (inputs) => model.predict(inputs, options));
}

/** What `run` makes of all samples; of a stream's, part after part. */
async function over(samples: Samples, run: (inputs: DatasetInputs) => Promise<Output>): Promise<Output> {
  if (!isStream(samples)) return run(samples.inputs);
  const parts: Output[] = [];
  for await (const { inputs } of inParts(samples, PART)) parts.push(await run(inputs));
  const [, ...shape] = parts[0]!.shape;
  const size = shape.reduce((product, side) => product * side, 1);
  const data = new Float32Array(samples.samples * size);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, shape: [samples.samples, ...shape] };
}

export function predictsNumbers(model: Model): boolean {
  return model.schema?.task.kind === "regression";
}

/** Gives a model its own loss again. Measuring takes no step; an optimizer is named because compiling asks for one. */
export function compileToMeasure(model: Model, like: Model = model): void {
  const kind = like.schema?.task.kind;
  const loss = like.loss ? lossFromConfig(like.loss.name, like.loss.config) : usualLoss(kind);
  model.compile({ optimizer: new SGD(), loss, metrics: countsAnswers(kind) ? ["accuracy"] : [] });
}

/** A network that passes another's outputs on: what makes a loss and classes of them. */
function passOn(model: Model): Sequential {
  const passing = new Sequential([new Flatten()], { inputShape: model.outputShape, threads: 1 });
  passing.loss = model.loss;
  passing.schema = model.schema;
  compileToMeasure(passing, model);
  return passing;
}
