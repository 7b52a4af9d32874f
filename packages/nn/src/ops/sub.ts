import type { Tensor } from "../graph/tensor.js";
import { defineBinary } from "./binary.js";
import { neg } from "./scale.js";

/** y = a − b, elementwise; see `defineBinary` for the shapes. */
export const sub: (a: Tensor, b: Tensor) => Tensor = defineBinary({
  name: "sub",
  kind: "sub",
  f: (a, b) => a - b,
  gradient: (dy) => [dy, neg(dy)],
  symmetric: false,
});
