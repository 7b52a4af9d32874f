import type { Tensor } from "../graph/tensor.js";
import { defineBinary } from "./binary.js";

/** y = a·b, elementwise; see `defineBinary` for the shapes. */
export const mul: (a: Tensor, b: Tensor) => Tensor = defineBinary({
  name: "mul",
  kind: "mul",
  f: (a, b) => a * b,
  gradient: (dy, { inputs: [a, b] }) => [mul(dy, b!), mul(dy, a!)],
  symmetric: true,
});
