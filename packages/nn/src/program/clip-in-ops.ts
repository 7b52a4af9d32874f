import { ShapeError } from "../errors.js";
import type { Layout } from "../graph/layout.js";
import type { Lowering } from "../graph/op.js";
import { formatShape, sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { input } from "../ops/leaves.js";
import type { GradientClipping } from "../optimizers/clipping.js";
import { emitterOf } from "./emitter.js";
import { type Assign, planned } from "./plan.js";
import type { UpdatePlaces } from "./update.js";

/**
 * What a program does to its gradients, in place, before the update: over the ranges that are not frozen.
 * @throws {ShapeError} `clipping-shape` when a clipping of one's own gives fewer, or others.
 */
export async function clipInOps(
  { clip }: GradientClipping,
  update: UpdatePlaces,
): Promise<(emit: Lowering["emit"]) => void> {
  const { machine, words, blocks, ranges } = update;
  const places = new Map<Tensor, { address: number; layout: Layout | undefined }>();
  for (const { offset, length, frozen } of ranges) {
    if (frozen) continue;
    const address = blocks.gradients + 4 * offset;
    places.set(input("gradient", [length]), { address, layout: undefined });
  }
  const gradients = [...places.keys()];
  const clipped = clip(gradients);
  if (!gradients.every(({ shape }, i) => sameShape(clipped[i]?.shape ?? [0], shape))) {
    throw new ShapeError(
      "clipping-shape",
      `clipping: expected clip to give ${gradients.length} gradients in the shapes that they came in, got ${clipped.map(({ shape }) => formatShape(shape)).join(" and ")}.`,
    );
  }
  const assigns: Assign[] = gradients.map((to, i) => ({ to, value: clipped[i]! }));
  return emitterOf(await planned({ ...machine.planning, outputs: [], places, words, assigns }), update);
}
