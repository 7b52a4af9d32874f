import { requireOneOf } from "../errors.js";
import { inputAt } from "../graph/expression.js";
import type { Op } from "../graph/op.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { notEqual } from "./comparisons.js";
import { fill } from "./fill.js";
import { reshapeOp } from "./reshape.js";

/** What a tensor may be cast to. */
export type CastType = "f32" | "u32" | "bool";

const fromIndices: Op = {
  name: "fromIndices",
  indices: true,
  layout: "alike",
  gradient: "none",
  // A map converts what it reads of u32.
  expressions: () => [inputAt(0)],
  // Of an empty tensor, which no map takes, there is nothing to do.
  lower: () => {},
};

const toIndices: Op = {
  name: "toIndices",
  indices: true,
  layout: "alike",
  gradient: "none",
  inPlace: 0,
  lower: ({ emit, y, x: [x], n }) => {
    if (n > 0) emit("to_u32", { y, x: x!, n });
  },
};

/**
 * x as another type, any shape. No gradient goes through, unless the type is the one that x has.
 *
 * u32 → f32 is exact below 2²⁴. To u32 the fraction is cut off, and what no u32 is near (NaN, −1 and below, 2³² and above) becomes 2³² − 1,
 * which as an index is out of every range. To bool: whether x ≠ 0, and NaN is.
 * @throws {ConfigError} `type-unknown`.
 */
export function cast(x: Tensor, type: CastType): Tensor {
  requireOneOf("cast", "type", type, ["f32", "u32", "bool"]);
  if (x.type === type) return x;
  if (type === "u32") return makeTensor(toIndices, [x], {}, x.shape, "u32");
  const numbers = x.type === "u32" ? makeTensor(fromIndices, [x], {}, x.shape) : x;
  if (type === "bool") return notEqual(numbers, fill([], 0));
  // Truths lie in memory as numbers.
  return numbers.type === "bool" ? makeTensor(reshapeOp, [numbers], {}, x.shape) : numbers;
}
