import { add } from "../ops/add.js";
import { fill } from "../ops/fill.js";
import { reachable, type Tensor, withScope } from "./tensor.js";

/**
 * Reverse-mode differentiation: the gradients of a scalar with respect to `targets`, as tensors of the same graph.
 *
 * Walks the graph from the scalar back; where a tensor is used more than once its gradients are added, in the order in which its users were
 * made, last first. A target that the scalar does not depend on has undefined.
 */
export function gradients(scalar: Tensor, targets: readonly Tensor[]): (Tensor | undefined)[] {
  const order = reachable([scalar]);
  const needed = new Set<Tensor>(targets);
  for (const tensor of order) if (tensor.inputs.some((x) => needed.has(x))) needed.add(tensor);
  const gradientOf = new Map<Tensor, Tensor>([[scalar, fill(scalar.shape, 1)]]);
  for (const y of order.reverse()) {
    const dy = gradientOf.get(y);
    if (!dy || !needed.has(y) || !y.op.gradient) continue;
    withScope(y.scope, () => {
      const dxs = y.op.gradient!(dy, y);
      y.inputs.forEach((x, i) => {
        const dx = dxs[i];
        if (!dx || !needed.has(x)) return;
        const sofar = gradientOf.get(x);
        gradientOf.set(x, sofar ? add(sofar, dx) : dx);
      });
    });
  }
  return targets.map((target) => gradientOf.get(target));
}
