import type { Tensor } from "../graph/tensor.js";
import { defineBinary } from "./binary.js";

/** y = a + b, elementwise; see `defineBinary` for the shapes. */
export const add: (a: Tensor, b: Tensor) => Tensor = defineBinary({
  name: "add",
  kind: "add",
  f: (a, b) => a + b,
  gradient: (dy) => [dy, dy],
  symmetric: true,
});
