import type { Tensor } from "../graph/tensor.js";
import { broadcastTo } from "../ops/broadcast-to.js";
import { reshape } from "../ops/reshape.js";

/** x repeated along an axis: the whole of it behind itself, or each element beside itself. */
export function repeated(x: Tensor, axis: number, times: number, what: "whole" | "each"): Tensor {
  if (times === 1) return x;
  const [before, size, behind] = [x.shape.slice(0, axis), x.shape[axis]!, x.shape.slice(axis + 1)];
  const sides = (count: number) => (what === "whole" ? [count, size] : [size, count]);
  const wide = broadcastTo(reshape(x, [...before, ...sides(1), ...behind]), [
    ...before,
    ...sides(times),
    ...behind,
  ]);
  return reshape(wide, [...before, size * times, ...behind]);
}
