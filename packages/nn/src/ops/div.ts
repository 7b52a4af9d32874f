import type { Tensor } from "../graph/tensor.js";
import { defineBinary } from "./binary.js";
import { mul } from "./mul.js";
import { neg } from "./scale.js";

/** y = a / b, elementwise; see `defineBinary` for the shapes. dy/db = −y/b. */
export const div: (a: Tensor, b: Tensor) => Tensor = defineBinary({
  name: "div",
  kind: "div",
  f: (a, b) => a / b,
  gradient: (dy, y) => [div(dy, y.inputs[1]!), neg(div(mul(dy, y), y.inputs[1]!))],
  symmetric: false,
});
