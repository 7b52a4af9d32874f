import { DataError, ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../graph/shape.js";

/** Numbers with their shape, as `predict` gives outputs and data sets have labels. */
export interface Values {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
}

/** Outputs [samples, …] beside labels, class indices [samples] or rows like the outputs; of sequences, each step counts as a sample. */
export interface Answers {
  readonly samples: number;
  /** Numbers an answer. */
  readonly columns: number;
  /** Whether labels are class indices, or single numbers. */
  readonly sparse: boolean;
}

/** @throws {ShapeError} `labels-shape` when there is not a label, or a row of them, for each sample. */
export function answersOf(owner: string, outputs: Values, labels: Values): Answers {
  const { shape } = outputs;
  const lead = shape.length > 2 ? shape.slice(0, -1) : [shape[0] ?? 0];
  const samples = sizeOf(lead);
  const columns = shape.length > 2 ? shape.at(-1)! : (shape[1] ?? 1);
  const sparse = labels.data.length === samples;
  if (labels.shape[0] !== lead[0] || (!sparse && labels.data.length !== outputs.data.length)) {
    throw new ShapeError(
      "labels-shape",
      `${owner}: expected labels of shape ${formatShape(lead)} or ${formatShape(shape)}, got ${formatShape(labels.shape)}.`,
    );
  }
  return { samples, columns, sparse };
}

/** The place of the first greatest of a row; undefined when one of them is NaN. */
export function greatest(data: ArrayLike<number>, start: number, columns: number): number | undefined {
  let best = 0;
  for (let i = 0; i < columns; i++) {
    if (Number.isNaN(data[start + i])) return undefined;
    if (data[start + i]! > data[start + best]!) best = i;
  }
  return best;
}

/** A sample's class by its label. @throws {DataError} `label-out-of-range` when the outputs have no such class. */
export function classAt(owner: string, labels: Values, { columns, sparse }: Answers, sample: number): number {
  const label = sparse
    ? labels.data[sample]!
    : (greatest(labels.data, sample * columns, columns) ?? Number.NaN);
  if (Number.isInteger(label) && label >= 0 && label < columns) return label;
  throw new DataError(
    "label-out-of-range",
    `${owner}: expected labels in [0, ${columns}), got ${label} for sample ${sample + 1}.`,
    { row: sample + 1 },
  );
}

/** @throws {DataError} `not-finite` for an output that is NaN. */
export function requireNumbers(owner: string, { data }: Values, columns: number): void {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isNaN(data[i])) continue;
    const row = Math.floor(i / columns) + 1;
    throw new DataError("not-finite", `${owner}: expected numbers, got NaN in sample ${row}.`, { row });
  }
}
