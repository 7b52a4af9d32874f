import { permuteRank } from "@loam/kernels-as";
import { InternalError } from "../errors.js";
import { copyPlan, type Layout } from "../graph/layout.js";
import type { Lowering } from "../graph/op.js";

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
  if (sizes.length > permuteRank) {
    throw new InternalError("permute-rank", `a tensor of ${sizes.length} dimensions has to be rearranged.`);
  }
  const dim = (i: number) => sizes[i] ?? 1;
  const stride = (i: number) => strides[i] ?? 0;
  emit("permute", {
    ...{ y, x, rank: sizes.length },
    ...{ dim0: dim(0), dim1: dim(1), dim2: dim(2), dim3: dim(3), dim4: dim(4), dim5: dim(5) },
    ...{ stride0: stride(0), stride1: stride(1), stride2: stride(2) },
    ...{ stride3: stride(3), stride4: stride(4), stride5: stride(5) },
  });
}
