import { ConfigError } from "../errors.js";
import { type Node, reachable, type Tensor, withScope } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { constantOf, fill } from "../ops/fill.js";
import { sumTo } from "./sum-to.js";

/**
 * Reverse-mode differentiation: the gradients of a scalar with respect to `targets`, as tensors of the same graph.
 *
 * Walks the graph from the scalar back; where a tensor is used more than once its gradients are added, in the order in which its users were
 * made, last first. An operand that was broadcast has the sum over its repetitions. A target that the scalar does not depend on has undefined.
 * @throws {ConfigError} `gradient-missing` when an op between the two has no rule.
 */
export function gradients(scalar: Tensor, targets: readonly Tensor[]): (Tensor | undefined)[] {
  return pullBack([[scalar, fill(scalar.shape, 1)]], targets);
}

function pullBack(
  outputs: readonly (readonly [y: Tensor, dy: Tensor])[],
  targets: readonly Tensor[],
): (Tensor | undefined)[] {
  const order = reachable(outputs.map(([y]) => y));
  const needed = new Set<Tensor>(targets);
  for (const tensor of order) if (tensor.inputs.some((x) => needed.has(x))) needed.add(tensor);
  const gradientOf = new Map<Tensor, Tensor>();
  for (const [y, dy] of outputs) {
    const sofar = gradientOf.get(y);
    gradientOf.set(y, sofar ? add(sofar, dy) : dy);
  }
  const nodes = new Set(order.reverse().map(({ node }) => node));
  for (const node of nodes) {
    const dys = node.outputs.map((y) => gradientOf.get(y));
    if (dys.every((dy) => dy === undefined) || !node.inputs.some((x) => needed.has(x))) continue;
    withScope(node.scope, () => {
      const dxs = flowBack(node, dys);
      node.inputs.forEach((x, i) => {
        if (!dxs[i] || !needed.has(x)) return;
        const dx = sumTo(dxs[i], x.shape);
        const sofar = gradientOf.get(x);
        if (sofar && constantOf(dx) === 0) return;
        gradientOf.set(x, sofar && constantOf(sofar) !== 0 ? add(sofar, dx) : dx);
      });
    });
  }
  return targets.map((target) => gradientOf.get(target));
}

/** What reaches a node's inputs of what reaches its outputs. */
function flowBack(node: Node, dys: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] {
  const { op, outputs, scope } = node;
  if (op.gradient === "none") return [];
  if (op.gradients) return op.gradients(dys, node, pullBack);
  if (!op.gradient) {
    throw new ConfigError(
      "gradient-missing",
      `${scope ? `${scope}: ` : ""}expected ops that can be differentiated, got ${op.name}, which has no gradient rule; give it one, or mark it as having none.`,
      { op: op.name, ...(scope && { layer: scope }) },
    );
  }
  return dys[0] ? op.gradient(dys[0], outputs[0]!) : [];
}
