import { ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../graph/shape.js";

/** Numbers with their shape. */
interface Values {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
}

/**
 * The share of samples told right, in [0, 1]; what `metrics: ["accuracy"]` counts in the kernels while a model trains.
 *
 * Of outputs [samples, classes] the greatest is taken, the first of equals, logits or probabilities alike; of a single output a sample
 * what is above `threshold` is taken as yes (0 fits logits, 0.5 probabilities; while a model trains, 0 with a loss on logits, such as
 * `binaryCrossEntropy`, and 0.5 with others). Labels are class indices [samples], or rows like the outputs, of which the greatest is
 * right. A row with a NaN is wrong. NaN for no samples.
 * @throws {ShapeError} `labels-shape` when there is not a label, or a row of them, for each sample.
 */
export function accuracy(outputs: Values, labels: Values, threshold = 0): number {
  const [samples = 0] = outputs.shape;
  const columns = sizeOf(outputs.shape.slice(1));
  const sparse = labels.data.length === samples;
  if (labels.shape[0] !== samples || (!sparse && labels.data.length !== outputs.data.length)) {
    throw new ShapeError(
      "labels-shape",
      `accuracy: expected labels of shape ${formatShape([samples])} or ${formatShape(outputs.shape)}, got ${formatShape(labels.shape)}.`,
    );
  }
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

/** The place of the first greatest of a row; undefined when one of them is NaN. */
function greatest(data: ArrayLike<number>, start: number, columns: number): number | undefined {
  let best = 0;
  for (let i = 0; i < columns; i++) {
    if (Number.isNaN(data[start + i])) return undefined;
    if (data[start + i]! > data[start + best]!) best = i;
  }
  return best;
}
