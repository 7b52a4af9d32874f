import { elementwise } from "./elementwise.js";

/** y = ln(1 + x), exact near 0, elementwise, any shape. dy/dx = 1/(1 + x). */
export const log1p = elementwise("log1p", ["x"], ({ x }) => x.log1p());
