import { InternalError } from "../errors.js";
import { copyPlan, type Layout } from "../graph/layout.js";
import type { Lowering } from "../graph/op.js";

/** Up to six dimensions, as many as the permuting instruction takes. */
const PERMUTE_RANK = 6;

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
  const { sizes, strides } = copyPlan(from, to, size);
  if (sizes.length > PERMUTE_RANK) {
    throw new InternalError("permute-rank", `a tensor of ${sizes.length} dimensions has to be rearranged.`);
  }
  const args: Record<string, number> = { y, x, rank: sizes.length };
  for (let i = 0; i < PERMUTE_RANK; i++) {
    args[`dim${i}`] = sizes[i] ?? 1;
    args[`stride${i}`] = strides[i] ?? 0;
  }
  emit("permute", args);
}
