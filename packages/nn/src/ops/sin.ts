import { elementwise } from "./elementwise.js";

/** y = sin x, x in radians, elementwise, any shape. dy/dx = cos x. */
export const sin = elementwise("sin", ["x"], ({ x }) => x.sin());
