import { elementwise } from "./elementwise.js";

/** y = |x|, elementwise, any shape. dy/dx is the sign of x, 0 at 0. */
export const abs = elementwise("abs", ["x"], ({ x }) => x.abs());
