import { exp } from "@loam/kernels-as";
import { NumericError } from "../errors.js";
import { sizeOf } from "../graph/shape.js";
import type { Output } from "../training/predict.js";

export interface Classification {
  /** The most probable class of each sample. */
  readonly labels: Uint32Array;
  /** [samples, classes]; for a single output, the two classes' probabilities. */
  readonly probabilities: Output;
}

/**
 * Classes and probabilities from a network's outputs, which are logits unless the last layer made probabilities of them. Those of several
 * sigmoids are each for itself and need not add up to 1.
 * @throws {NumericError} `not-finite` for a sample without a most probable class, as NaN makes it.
 */
export function classesOf({ data, shape }: Output, lastLayer: string | undefined): Classification {
  const samples = shape[0]!;
  const outputs = sizeOf(shape.slice(1));
  const classes = outputs === 1 ? 2 : outputs;
  const labels = new Uint32Array(samples);
  const probabilities = new Float32Array(samples * classes);
  for (let sample = 0; sample < samples; sample++) {
    const row = data.subarray(sample * outputs, (sample + 1) * outputs);
    const p = probabilities.subarray(sample * classes, (sample + 1) * classes);
    if (outputs === 1) {
      const one = lastLayer === "Sigmoid" ? row[0]! : 1 / (1 + exp(-row[0]!));
      p.set([1 - one, one]);
    } else if (lastLayer === "Softmax" || lastLayer === "Sigmoid") p.set(row);
    else p.set(softmaxRow(row));
    const label = p.indexOf(p.reduce((a, b) => Math.max(a, b)));
    if (label < 0) {
      throw new NumericError(
        "not-finite",
        `classify: sample ${sample + 1} has no most probable class, since an output is ${row.find((x) => !Number.isFinite(x))}; look at its values, and at the weights.`,
        { row: sample + 1 },
      );
    }
    labels[sample] = label;
  }
  return { labels, probabilities: { data: probabilities, shape: [samples, classes] } };
}

function softmaxRow(row: Float32Array): number[] {
  const greatest = row.reduce((a, b) => Math.max(a, b));
  const powers = Array.from(row, (x) => exp(x - greatest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}
