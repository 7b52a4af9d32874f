/** A tensor's dimensions in layout order; `[]` is a scalar. */
export type Shape = readonly number[];

/** How many elements a shape holds; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}

/** `[batch, 28, 28]`: how shapes are written in messages; a leading "batch" stands for the batch dimension. */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}
