import { elementwise } from "./elementwise.js";

/** y = 1/√x; NaN below 0, elementwise, any shape. dy/dx = −y³/2. */
export const rsqrt = elementwise("rsqrt", ["x"], ({ x }) => x.rsqrt());
