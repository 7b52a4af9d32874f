import { type Shape, sameShape, sizeOf } from "./shape.js";

/**
 * How an operand is repeated over a [rows, columns] view of a larger shape: not at all, once a row (it is one row), once a column (it is one
 * column; a scalar is that with one row).
 */
export interface Repetition {
  readonly kind: "none" | "rows" | "columns";
  readonly rows: number;
  readonly columns: number;
}

/** How `b` broadcasts over `a`; undefined where it is repeated along other axes than the first ones or the last ones. */
export function repetitionOver(a: Shape, b: Shape): Repetition | undefined {
  const size = sizeOf(a);
  const inner = sizeOf(b);
  if (sameShape(a, b) || inner === size) return { kind: "none", rows: 1, columns: size };
  if (inner === 1) return { kind: "columns", rows: 1, columns: size };
  const aligned = [...a.slice(b.length).map(() => 1), ...b];
  const first = aligned.findIndex((dimension) => dimension !== 1);
  if (aligned.every((dimension, i) => i < first || dimension === a[i])) {
    return { kind: "rows", rows: size / inner, columns: inner };
  }
  const last = aligned.findLastIndex((dimension) => dimension !== 1);
  if (aligned.every((dimension, i) => i > last || dimension === a[i])) {
    return { kind: "columns", rows: inner, columns: size / inner };
  }
  return undefined;
}
