import type { Operator } from "../call.js";
import { elementwiseOperators } from "./elementwise.js";
import { lossOperators } from "./losses.js";
import { normOperators } from "./norms.js";
import { productOperators } from "./products.js";
import { recurrentOperators } from "./recurrent.js";
import { reductionOperators } from "./reductions.js";
import { scanOperators } from "./scan.js";
import { shapeOperators } from "./shapes.js";
import { windowOperators } from "./windows.js";

/** ONNX's operators by their names, as compositions of Loam's ops. */
export const operators: Readonly<Record<string, Operator>> = {
  ...elementwiseOperators,
  ...shapeOperators,
  ...reductionOperators,
  ...windowOperators,
  ...productOperators,
  ...normOperators,
  ...recurrentOperators,
  ...scanOperators,
  ...lossOperators,
};
