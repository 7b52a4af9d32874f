import type { Node } from "../graph/op.js";
import { makeTensors, reachable, type Tensor, withScope } from "../graph/tensor.js";
import { constantOf } from "./fill.js";

/** The node again, over other inputs of the same shapes. */
export function withInputs(node: Node, inputs: readonly Tensor[]): readonly Tensor[] {
  return withScope(node.scope, () => makeTensors(node.op, inputs, node.attributes, node.outputs));
}

/**
 * Tensors with others in the place of some: `replace` says for a tensor what stands for it, or undefined for one that is made anew of what its
 * inputs have become, if any of them is another one.
 */
export function rebuilt(
  outputs: readonly Tensor[],
  replace: (x: Tensor) => Tensor | undefined,
): readonly Tensor[] {
  const known = new Map<Tensor, Tensor>();
  const become = (x: Tensor): Tensor => {
    const before = known.get(x);
    if (before) return before;
    const other = replace(x);
    if (other) {
      known.set(x, other);
      return other;
    }
    const inputs = x.inputs.map(become);
    const same = inputs.every((input, i) => input === x.inputs[i]);
    const made = same ? x.node.outputs : withInputs(x.node, inputs);
    x.node.outputs.forEach((y, i) => {
      known.set(y, made[i]!);
    });
    return known.get(x)!;
  };
  return outputs.map(become);
}

/** The tensors behind `outputs` that depend on some of `leaves`, and these. */
export function dependents(outputs: readonly Tensor[], leaves: readonly Tensor[]): ReadonlySet<Tensor> {
  const found = new Set(leaves);
  for (const x of reachable(outputs)) if (x.inputs.some((input) => found.has(input))) found.add(x);
  return found;
}

/** What a body makes from step to step: no leaves, no numbers that never change, no views. */
export function madeBy(outputs: readonly Tensor[], isView: (x: Tensor) => boolean): Tensor[] {
  return reachable(outputs).filter(
    (x) => x.inputs.length > 0 && constantOf(x) === undefined && !isView(x) && x.type !== "u8",
  );
}
