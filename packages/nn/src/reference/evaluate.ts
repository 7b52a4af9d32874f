import { InternalError } from "../errors.js";
import { reachable, type Tensor } from "../graph/tensor.js";
import { evaluateExpressions } from "./expressions.js";
import type { Reference, ReferenceArray } from "./reference.js";
import { references } from "./references.js";

/**
 * Computes tensors in float64 from the values of their leaves: readable, slow, the oracle of the tests.
 *
 * @param more references of ops that are not the library's, by name; those defined by a formula need none
 * @throws {InternalError} `leaf-without-value` when a leaf has none, `no-reference` for an op without one.
 */
export function evaluateReference(
  outputs: readonly Tensor[],
  leaves: ReadonlyMap<Tensor, Float64Array>,
  more: Readonly<Record<string, Reference>> = {},
): Float64Array[] {
  const values = new Map<Tensor, ReferenceArray>();
  const compute = (y: Tensor): Float64Array | readonly Float64Array[] => {
    const { op, inputs, shape } = y;
    const given = inputs.map((x) => values.get(x)!);
    if (op.expressions) return evaluateExpressions(op.expressions(y), given, shape);
    const reference = references[op.name] ?? more[op.name];
    if (reference) return reference(given, y, (inner, known) => evaluateReference(inner, known, more));
    throw inputs.length === 0
      ? new InternalError("leaf-without-value", `${op.name} ${String(y.attributes.name)} has no value.`)
      : new InternalError("no-reference", `${op.name} has no float64 reference.`);
  };
  for (const { node } of reachable(outputs).filter(({ index }) => index === 0)) {
    const [y] = node.outputs as readonly [Tensor];
    const made = leaves.get(y) ?? compute(y);
    const all = made instanceof Float64Array ? [made] : made;
    node.outputs.forEach((output, i) => {
      values.set(output, { data: all[i]!, shape: output.shape });
    });
  }
  return outputs.map((output) => values.get(output)!.data);
}
