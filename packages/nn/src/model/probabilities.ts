import { exp } from "@loam/kernels-as";
import { NumericError } from "../errors.js";
import { sizeOf } from "../graph/shape.js";
import type { Output } from "../training/predict.js";
import type { LossDescription } from "../training/trained-model.js";

/** What `classify` answers. */
export interface Classification {
  /** The most probable class of each sample; of a model that tells several labels 1 or 0 for each, [samples, labels]. */
  readonly labels: Uint32Array;
  /** [samples, classes]; for a single output, the two classes' probabilities. Of several labels [samples, labels], each for itself. */
  readonly probabilities: Output;
}

/** What a network's outputs are: logits, probabilities as they are, or values that were fitted to 0 and 1. */
export type OutputKind = "logits" | "probabilities" | "values";

/** A closing function that makes probabilities decides; else whether the loss was on logits, as it is taken to be of a model that has none yet. */
export function outputKind(closing: unknown, loss: LossDescription | undefined): OutputKind {
  if (closing === "softmax" || closing === "sigmoid") return "probabilities";
  return loss && !loss.onLogits ? "values" : "logits";
}

/**
 * Classes and probabilities from a network's outputs. Those of several sigmoids are each for itself and need not add up to 1. A single output
 * means yes above a probability of 0.5.
 * @throws {NumericError} `not-finite` for a sample without a most probable class, as NaN makes it.
 */
export function classesOf({ data, shape }: Output, kind: OutputKind): Classification {
  const samples = shape[0]!;
  const outputs = sizeOf(shape.slice(1));
  const classes = outputs === 1 ? 2 : outputs;
  const labels = new Uint32Array(samples);
  const probabilities = new Float32Array(samples * classes);
  for (let sample = 0; sample < samples; sample++) {
    const row = data.subarray(sample * outputs, (sample + 1) * outputs);
    const p = probabilities.subarray(sample * classes, (sample + 1) * classes);
    p.set(outputs === 1 ? ofOne(row[0]!, kind) : ofMany(row, kind));
    // Of values, clipping and rounding may have made equals; the greatest output is the class all the same.
    const told = kind === "values" && outputs > 1 ? row : p;
    const label = told.indexOf(told.reduce((a, b) => Math.max(a, b)));
    if (label < 0)
      throw noAnswer(
        sample,
        "most probable class",
        row.find((x) => !Number.isFinite(x)),
      );
    labels[sample] = label;
  }
  return { labels, probabilities: { data: probabilities, shape: [samples, classes] } };
}

/**
 * Yes or no to each output by itself, yes above a probability of 0.5.
 * @throws {NumericError} `not-finite` for a sample with an output that is NaN.
 */
export function labelsOf({ data, shape }: Output, kind: OutputKind): Classification {
  const width = sizeOf(shape.slice(1));
  const probabilities = data.map((output) => ofOne(output, kind)[1]!);
  const wrong = probabilities.findIndex(Number.isNaN);
  if (wrong >= 0) throw noAnswer(Math.floor(wrong / width), "answer", data[wrong]);
  const labels = Uint32Array.from(probabilities, (p) => Number(p > 0.5));
  return { labels, probabilities: { data: probabilities, shape: [shape[0]!, width] } };
}

function noAnswer(sample: number, what: string, output: number | undefined): NumericError {
  return new NumericError(
    "not-finite",
    `classify: sample ${sample + 1} has no ${what}, since an output is ${output}; look at its values, and at the weights.`,
    { row: sample + 1 },
  );
}

function ofOne(output: number, kind: OutputKind): readonly number[] {
  const one = kind === "logits" ? 1 / (1 + exp(-output)) : kind === "values" ? clip(output) : output;
  return [1 - one, one];
}

function ofMany(row: Float32Array, kind: OutputKind): ArrayLike<number> {
  if (kind === "probabilities") return row;
  const greatest = row.reduce((a, b) => Math.max(a, b));
  const parts =
    kind === "logits" ? Array.from(row, (x) => exp(x - greatest)) : Array.from(row, (x) => clip(x));
  const total = parts.reduce((a, b) => a + b, 0);
  // Values that are all 0 or less say nothing of how likely a class is.
  return parts.map((part) => (total === 0 ? 1 / parts.length : part / total));
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
