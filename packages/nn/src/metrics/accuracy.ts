import { answersOf, greatest, type Values } from "./samples.js";

/**
 * The share of samples told right, in [0, 1]; what `metrics: ["accuracy"]` counts in the kernels while a model trains.
 *
 * Of outputs [samples, classes] the greatest is taken, the first of equals, logits or probabilities alike; of a single output a sample
 * what is above `threshold` is taken as yes (0 fits logits, 0.5 probabilities; while a model trains, 0 with a loss on logits, such as
 * `binaryCrossEntropy`, and 0.5 with others). Labels are class indices [samples], or rows like the outputs, of which the greatest is
 * right. Of sequences [samples, steps, classes] each step counts. A row with a NaN is wrong. NaN for no samples.
 * @throws {ShapeError} `labels-shape` when there is not a label, or a row of them, for each sample.
 */
export function accuracy(outputs: Values, labels: Values, threshold = 0): number {
  const { samples, columns, sparse } = answersOf("accuracy", outputs, labels);
  let right = 0;
  for (let row = 0; row < samples; row++) {
    if (columns === 1) {
      const yes = outputs.data[row]! > threshold;
      if (!Number.isNaN(outputs.data[row]) && yes === labels.data[row]! > 0.5) right++;
    } else {
      const label = sparse ? labels.data[row] : greatest(labels.data, row * columns, columns);
      const told = greatest(outputs.data, row * columns, columns);
      if (told !== undefined && told === label) right++;
    }
  }
  return right / samples;
}
