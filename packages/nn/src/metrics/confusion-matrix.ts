import { answersOf, classAt, greatest, requireNumbers, type Values } from "./samples.js";

/** How often each class was told as each: `matrix[label][told]`, counts. */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * Counts samples by their label (rows) and by what the outputs tell (columns): what is right lies on the diagonal.
 *
 * Of outputs [samples, classes] the greatest is taken, the first of equals, logits or probabilities alike; a single output a sample gives two
 * classes, no (0) and yes (1, above `threshold`: 0 fits logits, 0.5 probabilities). Labels are class indices [samples], or rows like the
 * outputs, of which the greatest is right; of single ones, what is above 0.5 is yes.
 * @throws {ShapeError} `labels-shape`. @throws {DataError} `label-out-of-range`; `not-finite` for outputs that are NaN.
 */
export function confusionMatrix(outputs: Values, labels: Values, threshold = 0): ConfusionMatrix {
  const owner = "confusionMatrix";
  const answers = answersOf(owner, outputs, labels);
  const { samples, columns } = answers;
  requireNumbers(owner, outputs, columns);
  const classes = columns === 1 ? 2 : columns;
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let sample = 0; sample < samples; sample++) {
    const single = columns === 1;
    const label = single ? Number(labels.data[sample]! > 0.5) : classAt(owner, labels, answers, sample);
    const told = single
      ? Number(outputs.data[sample]! > threshold)
      : greatest(outputs.data, sample * columns, columns)!;
    matrix[label]![told]! += 1;
  }
  return matrix;
}
