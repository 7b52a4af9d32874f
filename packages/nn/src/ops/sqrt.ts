import { elementwise } from "./elementwise.js";

/** y = √x, elementwise, any shape; NaN below 0. dy/dx = 1/(2y). */
export const sqrt = elementwise("sqrt", ["x"], ({ x }) => x.sqrt());
