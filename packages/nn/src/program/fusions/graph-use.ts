import type { KernelPlanning } from "../../graph/op.js";
import type { Tensor } from "../../graph/tensor.js";

/** What the kernels can take into another op's pass. */
export type FusionPlanning = Pick<KernelPlanning, "poolsInside" | "masksInside" | "masksInPlace">;

/** What fusing has to know of the graph around an op. */
export interface GraphUse {
  users(tensor: Tensor): readonly Tensor[];
  /** Tensors whose values are asked for from outside. */
  readonly wanted: ReadonlySet<Tensor>;
  /** Ops that run inside another's step; fusing adds to it. */
  readonly absorbed: Set<Tensor>;
  readonly planning: FusionPlanning;
}

/** True when nothing but one op looks at a tensor. */
export function isAlone(tensor: Tensor, { users, wanted }: GraphUse): boolean {
  return !wanted.has(tensor) && users(tensor).length === 1;
}

/** For those who want no more fused than the graph alone allows. */
export const NOTHING_INSIDE: FusionPlanning = {
  poolsInside: () => false,
  masksInside: () => false,
  masksInPlace: () => false,
};
