import { sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { maxPool2dGradientOp } from "../../ops/max-pool2d.js";
import { reluGradientOp } from "../../ops/relu.js";
import { plainStep } from "../step.js";
import { defineFusion } from "./fusion.js";
import { isAlone } from "./graph-use.js";

interface PoolGradient {
  readonly node: Tensor;
  /** maxPool2dGradient(dy, places of the maxima in y). */
  readonly back: Tensor;
  readonly pooled: Tensor;
}

/**
 * reluGradient(y, maxPool2dGradient(dy, places)) where (pooled, places) = maxPool2d(y): what reaches y comes from the places of maxima, and there y is
 * what pooled says. So the mask is taken from pooled, which is smaller, and y need not be kept.
 */
export const poolGradient = defineFusion<PoolGradient>({
  name: "poolGradient",
  roots: [reluGradientOp],
  pattern: (node) => {
    const [y, back] = node.inputs as [Tensor, Tensor];
    const behind = back.op === maxPool2dGradientOp && back.inputs[1]!.inputs[0] === y;
    return behind ? { node, back, pooled: back.inputs[1]!.node.outputs[0]! } : undefined;
  },
  when: ({ back }, graph) => isAlone(back, graph),
  absorbs: ({ back }) => [back],
  step: ({ node, back, pooled }) => ({
    ...plainStep(back),
    node,
    reads: [...back.inputs, pooled],
    layout: (reads) => {
      const { inputs, output } = plainStep(back).layout(reads);
      return { inputs: [...inputs, inputs[0]], output };
    },
    lower: (lowering) => {
      const [dy, places, mask] = lowering.x as [number, number, number];
      const n = sizeOf(pooled.shape);
      const masked = lowering.scratch(4 * n);
      lowering.emit("unary_grad", { dx: masked, v: mask, dy, n, kind: "relu", alpha: 0 });
      back.op.lower!({ ...lowering, node: back, x: [masked, places] });
    },
  }),
});
