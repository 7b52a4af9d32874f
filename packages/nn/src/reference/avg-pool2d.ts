import type { WindowGeometry } from "../graph/geometry.js";
import type { Tensor } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import type { Reference } from "./reference.js";
import { eachWindowElement } from "./windows.js";

const geometryOf = ({ attributes }: Tensor) => attributes.geometry as WindowGeometry;

/** By how much each window's sum is divided. */
function divisors(node: Tensor, outputs: number): Float64Array {
  const geometry = geometryOf(node);
  if (node.attributes.includePadding)
    return new Float64Array(outputs).fill(geometry.kernelHeight * geometry.kernelWidth);
  const counts = new Float64Array(outputs);
  eachWindowElement(geometry, (k) => {
    counts[k]!++;
  });
  return counts;
}

export const avgPool2d: Reference = ([x], node) => {
  const y = new Float64Array(sizeOf(node.shape));
  eachWindowElement(geometryOf(node), (k, i) => {
    y[k]! += x!.data[i]!;
  });
  const by = divisors(node, y.length);
  return y.map((total, k) => total / by[k]!);
};

export const avgPool2dGradient: Reference = ([dy], node) => {
  const dx = new Float64Array(sizeOf(node.shape));
  const by = divisors(node, dy!.data.length);
  eachWindowElement(geometryOf(node), (k, i) => {
    dx[i]! += dy!.data[k]! / by[k]!;
  });
  return dx;
};
