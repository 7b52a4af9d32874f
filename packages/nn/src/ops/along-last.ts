import type { Tensor } from "../graph/tensor.js";
import { resolveAxes } from "./reduce.js";
import { transpose } from "./transpose.js";

/** What `f`, which works along the last axis and keeps the shape, gives along another. */
export function alongLast(owner: string, x: Tensor, axis: number, f: (x: Tensor) => Tensor): Tensor {
  if (axis === -1) return f(x);
  const last = x.shape.length - 1;
  const [at] = resolveAxes(owner, x.shape, [axis]) as [number];
  if (at === last) return f(x);
  const order = x.shape.map((_, i) => (i === at ? last : i === last ? at : i));
  return transpose(f(transpose(x, order)), order);
}
