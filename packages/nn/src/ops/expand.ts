import { InternalError } from "../errors.js";
import type { Lowering } from "../graph/op.js";
import type { Shape } from "../graph/shape.js";

/** As many dimensions as the permuting instruction takes. */
const PERMUTE_RANK = 6;

/** An array as it is copied: each dimension's size in the target and stride in the source, outermost first. */
export interface StridedCopy {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
}

/** Emits the copy from x to y, whose elements follow each other. Neighbouring dimensions that are one run are taken as one. */
export function emitCopy(
  emit: Lowering["emit"],
  { x, y, sizes, strides }: StridedCopy & { x: number; y: number },
): void {
  const runs: { size: number; stride: number }[] = [];
  sizes.forEach((size, i) => {
    const stride = strides[i]!;
    const outer = runs.at(-1);
    if (size === 1) return;
    if (outer && outer.stride === stride * size) runs.splice(-1, 1, { size: outer.size * size, stride });
    else runs.push({ size, stride });
  });
  if (runs.length > PERMUTE_RANK) {
    throw new InternalError("permute-rank", `a tensor of ${runs.length} dimensions has to be rearranged.`);
  }
  const size = (i: number) => runs[i]?.size ?? 1;
  const stride = (i: number) => runs[i]?.stride ?? 0;
  emit("permute", {
    ...{ y, x, rank: Math.max(1, runs.length) },
    ...{ dim0: size(0), dim1: size(1), dim2: size(2), dim3: size(3), dim4: size(4), dim5: size(5) },
    ...{ stride0: stride(0), stride1: stride(1), stride2: stride(2) },
    ...{ stride3: stride(3), stride4: stride(4), stride5: stride(5) },
  });
}

/** Strides of an array in row-major order. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides.unshift(stride);
    stride *= shape[axis]!;
  }
  return strides;
}

/** Emits an array of shape `from` at x repeated over shape `to`, to which it broadcasts, at y. */
export function emitExpanded(
  emit: Lowering["emit"],
  { x, y, from, to }: { x: number; y: number; from: Shape; to: Shape },
): void {
  const lead = to.length - from.length;
  const own = stridesOf(from);
  emitCopy(emit, {
    x,
    y,
    sizes: to,
    strides: to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : own[axis - lead]!)),
  });
}
