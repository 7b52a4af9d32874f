import type { Tensor } from "../graph/op.js";
import type { Shape } from "../graph/shape.js";

/** Numbers in float64 with a shape: what references compute with. */
export interface ReferenceArray {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/**
 * An op in float64, as its definition has it: readable and slow, the oracle of the tests. It is given the values of the inputs and the op's
 * first output, and gives the values of the output, or those of each of several. What has a graph inside gets its values by `evaluate`.
 */
export type Reference = (
  inputs: readonly ReferenceArray[],
  node: Tensor,
  evaluate: (outputs: readonly Tensor[], leaves: ReadonlyMap<Tensor, Float64Array>) => Float64Array[],
) => Float64Array | readonly Float64Array[];
