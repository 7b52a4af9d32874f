import type { WindowGeometry } from "../graph/geometry.js";
import { sizeOf } from "../graph/shape.js";
import type { Reference } from "./reference.js";
import { eachWindowElement } from "./windows.js";

/** The greatest of each window and its place there: the first of equals, and NaN above all. */
export const maxPool2d: Reference = ([x], { attributes, shape }) => {
  const y = new Float64Array(sizeOf(shape));
  const places = new Float64Array(y.length).fill(-1);
  eachWindowElement(attributes.geometry as WindowGeometry, (k, i, place) => {
    const value = x!.data[i]!;
    const wins = value > y[k]! || (Number.isNaN(value) && !Number.isNaN(y[k]));
    if (places[k]! >= 0 && !wins) return;
    y[k] = value;
    places[k] = place;
  });
  return [y, places];
};

export const maxPool2dGradient: Reference = ([dy, places], { attributes, shape }) => {
  const dx = new Float64Array(sizeOf(shape));
  eachWindowElement(attributes.geometry as WindowGeometry, (k, i, place) => {
    if (places!.data[k] === place) dx[i]! += dy!.data[k]!;
  });
  return dx;
};
