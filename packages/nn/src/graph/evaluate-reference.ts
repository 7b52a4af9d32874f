import { InternalError } from "../errors.js";
import type { ReferenceArray } from "./op.js";
import { reachable, type Tensor } from "./tensor.js";

/**
 * Computes tensors in float64 from the values of their leaves: readable, slow, the oracle of the tests.
 * @throws {InternalError} `leaf-without-value` when a leaf has none.
 */
export function evaluateReference(
  outputs: readonly Tensor[],
  leaves: ReadonlyMap<Tensor, Float64Array>,
): Float64Array[] {
  const values = new Map<Tensor, ReferenceArray>();
  const lookUp = (tensor: Tensor): ReferenceArray => {
    const value = values.get(tensor);
    if (!value) throw new InternalError("leaf-without-value", `${tensor.op.name} has no value.`);
    return value;
  };
  for (const { node } of reachable(outputs).filter(({ index }) => index === 0)) {
    const [y] = node.outputs as readonly [Tensor];
    const made = leaves.get(y) ?? node.op.reference(node.inputs.map(lookUp), y);
    const all = made instanceof Float64Array ? [made] : made;
    node.outputs.forEach((output, i) => {
      values.set(output, { data: all[i]!, shape: output.shape });
    });
  }
  return outputs.map((output) => lookUp(output).data);
}
