import { sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { constantOf } from "../ops/fill.js";
import { isPlainReduction, reduceOp } from "../ops/reduce.js";
import { isWholeFormula } from "../ops/whole-formula.js";

/** Whether an op's work is what maps are made of: formulas and reductions over something. */
export function isMappable(tensor: Tensor): boolean {
  const { op, inputs, shape } = tensor;
  if (op === reduceOp) return sizeOf(inputs[0]!.shape) > 0 && inputs[0]!.type !== "u8";
  return op.expressions !== undefined && sizeOf(shape) > 0 && inputs.every(({ type }) => type !== "u8");
}

/** Whether such an op has an instruction of its own. */
export function isWhole(tensor: Tensor): boolean {
  return isPlainReduction(tensor) || constantOf(tensor) !== undefined || isWholeFormula(tensor);
}
