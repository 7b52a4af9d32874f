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
  for (const tensor of reachable(outputs)) {
    const given = leaves.get(tensor);
    const data =
      given ??
      tensor.op.referenceOf?.(lookUp, tensor) ??
      tensor.op.reference(tensor.inputs.map(lookUp), tensor);
    values.set(tensor, { data, shape: tensor.shape });
  }
  return outputs.map((output) => lookUp(output).data);
}
