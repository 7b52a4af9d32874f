import { ShapeError } from "../errors.js";
import { formatShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { arange } from "./arange.js";
import { cast } from "./cast.js";
import { elementwise } from "./elementwise.js";
import { max, min } from "./extremes.js";
import { resolveAxes } from "./reduce.js";
import { reshape } from "./reshape.js";

export interface ArgmaxOptions {
  /** Along which axis; the last one unless given, and from it back with a negative number. */
  readonly axis?: number;
  /** Whether the axis stays, with size 1. */
  readonly keepDims?: boolean;
}

const placeOf = elementwise("argmax", ["x", "most", "place"], ({ x, most, place }) =>
  x.eq(most).where(place, Number.POSITIVE_INFINITY),
);

/**
 * Where along an axis the greatest element is, the first of equals: u32, of x's shape without the axis. 2³² − 1, which is no index, where there
 * is a NaN. No gradient. The axis may have 2²⁴ elements.
 * @throws {ShapeError} `axis-out-of-range`; `axis-empty` when x has no elements along it.
 */
export function argmax(x: Tensor, { axis = -1, keepDims = false }: ArgmaxOptions = {}): Tensor {
  const axes = resolveAxes("argmax", x.shape, [axis]) as [number];
  const size = x.shape[axes[0]]!;
  if (size === 0) {
    throw new ShapeError(
      "axis-empty",
      `argmax: expected elements along axis ${axis}, got ${formatShape(x.shape)}; none is the greatest there.`,
    );
  }
  const places = reshape(
    arange(size),
    x.shape.slice(axes[0]).map((_, i) => (i === 0 ? size : 1)),
  );
  const place = placeOf(x, max(x, { axes, keepDims: true }), places);
  return cast(min(place, { axes, keepDims }), "u32");
}
