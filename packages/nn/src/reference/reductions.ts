import { sizeOf } from "../graph/shape.js";
import { placesIn } from "./places.js";
import type { Reference } from "./reference.js";

const joins: Readonly<Record<string, { start: number; join: (a: number, b: number) => number }>> = {
  sum: { start: 0, join: (a, b) => a + b },
  max: { start: Number.NEGATIVE_INFINITY, join: Math.max },
  min: { start: Number.POSITIVE_INFINITY, join: Math.min },
};

export const reduce: Reference = ([x], { attributes, shape }) => {
  const { kind, axes, scale } = attributes as { kind: string; axes: readonly number[]; scale: number };
  const { start, join } = joins[kind]!;
  const y = new Float64Array(sizeOf(shape)).fill(start);
  const place = placesIn(
    x!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    x!.shape,
  );
  x!.data.forEach((value, i) => {
    y[place(i)] = join(y[place(i)]!, value);
  });
  return kind === "sum" ? y.map((total) => total * scale) : y;
};

export const sumSquares: Reference = ([x]) =>
  Float64Array.of(x!.data.reduce((total, value) => total + value * value, 0));

export const sumAbs: Reference = ([x]) =>
  Float64Array.of(x!.data.reduce((total, value) => total + Math.abs(value), 0));
