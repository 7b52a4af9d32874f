import { requireIn, requireNonNegativeInteger } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { arange } from "./arange.js";
import { cast } from "./cast.js";
import { elementwise } from "./elementwise.js";
import { requireIndices } from "./indices.js";
import { reshape } from "./reshape.js";

const isPlace = elementwise("oneHot", ["index", "place"], ({ index, place }) => index.eq(place).where(1, 0));

/**
 * Rows of zeros with a one at each index: y[i, c] = 1 where indices[i] = c, else 0. An index of `classes` or more gives zeros.
 *
 * indices u32 of any shape [I] → f32 [I, classes]. No gradient.
 * @throws {ConfigError} `classes-negative`, `classes-out-of-range` for more than 2²⁴; `not-indices` when indices are not u32.
 */
export function oneHot(indices: Tensor, classes: number): Tensor {
  requireIndices("oneHot", indices);
  requireNonNegativeInteger("oneHot", "classes", classes);
  // Beyond, numbers of f32 do not tell classes apart.
  requireIn("oneHot", "classes", classes, "[0, 16777216]");
  return isPlace(reshape(cast(indices, "f32"), [...indices.shape, 1]), arange(classes));
}
