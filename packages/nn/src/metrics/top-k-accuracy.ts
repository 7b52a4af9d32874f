import { requirePositiveInteger } from "../errors.js";
import { answersOf, classAt, type Values } from "./samples.js";

/**
 * The share of samples whose class is among the k that the outputs tell most, in [0, 1]: fewer than k classes have a greater output. NaN for
 * no samples. A row with a NaN is wrong.
 *
 * outputs [samples, classes], logits or probabilities alike; labels class indices [samples], or rows like the outputs.
 * @throws {ConfigError} `k-not-positive`. @throws {ShapeError} `labels-shape`. @throws {DataError} `label-out-of-range`.
 */
export function topKAccuracy(outputs: Values, labels: Values, k: number): number {
  requirePositiveInteger("topKAccuracy", "k", k);
  const answers = answersOf("topKAccuracy", outputs, labels);
  const { samples, columns } = answers;
  let right = 0;
  for (let sample = 0; sample < samples; sample++) {
    const start = sample * columns;
    const own = outputs.data[start + classAt("topKAccuracy", labels, answers, sample)]!;
    let before = 0;
    // What is neither greater nor at most the same is NaN, and counts as greater.
    for (let i = 0; i < columns; i++) if (!(outputs.data[start + i]! <= own)) before++;
    if (before < k) right++;
  }
  return right / samples;
}
