import { requireNonNegativeInteger } from "../errors.js";
import type { Op } from "../graph/op.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

type ArangeAttributes = { readonly start: number; readonly step: number };

const arangeOp: Op<ArangeAttributes> = {
  name: "arange",
  gradient: "none",
  lower: ({ node, emit, y, n }) => {
    if (n > 0) emit("arange", { y, n, ...node.attributes });
  },
};

/**
 * The n numbers start, start + step, start + 2·step, … as a vector [n] of f32: whole ones are exact up to 2²⁴.
 * @throws {ConfigError} `n-negative`.
 */
export function arange(n: number, start = 0, step = 1): Tensor {
  requireNonNegativeInteger("arange", "n", n);
  return makeTensor(arangeOp, [], { start: Math.fround(start), step: Math.fround(step) }, [n]);
}
