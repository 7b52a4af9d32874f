import { copyPlan, type Layout } from "../graph/layout.js";
import type { Lowering } from "../graph/op.js";
import { emitCopy } from "../ops/expand.js";

/** Emits the copy of `size` elements from x, which lie as `from` says, to y, where they are to lie as `to` says. */
export function emitRearrangement(
  emit: Lowering["emit"],
  {
    x,
    y,
    size,
    from,
    to,
  }: { x: number; y: number; size: number; from: Layout | undefined; to: Layout | undefined },
): void {
  emitCopy(emit, { x, y, ...copyPlan(from, to, size) });
}
