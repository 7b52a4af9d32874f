import { sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { add } from "./add.js";
import { biasGradientOp } from "./add-bias.js";
import { constantOf, fill } from "./fill.js";
import { withInputs } from "./loop-body.js";
import { type MatmulOptions, matmul, matmulOp } from "./matmul.js";
import { type ReduceAttributes, reduce, reduceOp } from "./reduce.js";
import { reshape, reshapeOp } from "./reshape.js";

/** All steps of a tensor of a loop's body, [steps, …]. */
type StackOf = (x: Tensor) => Tensor;

/**
 * Σ over the steps of a tensor of a loop's body, as one op behind the loop over the stacks of what the tensor is made of:
 * Σₜ aₜᵀ·bₜ = [a₁; a₂; …]ᵀ·[b₁; b₂; …], and sums of sums. So a weight's gradient is one product over all steps.
 * @returns undefined for what has to be added up from step to step
 */
export function sumOfSteps(x: Tensor, steps: number): ((stackOf: StackOf) => Tensor) | undefined {
  const { op, inputs, attributes, shape } = x;
  const constant = constantOf(x);
  if (constant !== undefined) return () => fill(shape, constant * steps);
  const joined = (stackOf: StackOf, y: Tensor) =>
    reshape(stackOf(y), [steps * y.shape[0]!, ...y.shape.slice(1)]);
  const { transposeA, transposeB } = attributes as MatmulOptions;
  if (op === matmulOp && transposeA && !transposeB) {
    const [a, b] = inputs as [Tensor, Tensor];
    return (stackOf) => matmul(joined(stackOf, a), joined(stackOf, b), { transposeA });
  }
  if (op === biasGradientOp && inputs[0]!.shape.length === 2) {
    return (stackOf) => withInputs(x.node, [joined(stackOf, inputs[0]!)])[0]!;
  }
  const { kind, axes, scale } = attributes as ReduceAttributes;
  if (op === reduceOp && kind === "sum") {
    const all = [0, ...axes.map((axis) => axis + 1)];
    return (stackOf) => reshape(reduce("sum", stackOf(inputs[0]!), { axes: all }, scale), shape);
  }
  if (op === reshapeOp) {
    const inner = sumOfSteps(inputs[0]!, steps);
    return inner && ((stackOf) => reshape(inner(stackOf), shape));
  }
  if (op === add.op && inputs.every((input) => sameShape(input.shape, shape))) {
    const [a, b] = inputs.map((input) => sumOfSteps(input, steps));
    return a && b && ((stackOf) => add(a(stackOf), b(stackOf)));
  }
  return undefined;
}
