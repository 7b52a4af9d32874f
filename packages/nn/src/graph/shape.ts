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

/** The shape over which shapes broadcast as NumPy has it: aligned at their ends, a dimension of 1 repeated; undefined where they do not fit. */
export function broadcastShape(shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const sizes: number[] = [];
  for (let axis = -rank; axis < 0; axis++) {
    const found = new Set(shapes.map((shape) => shape.at(axis) ?? 1).filter((size) => size !== 1));
    if (found.size > 1) return undefined;
    sizes.push([...found][0] ?? 1);
  }
  return sizes;
}
