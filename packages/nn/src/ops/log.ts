import { elementwise } from "./elementwise.js";

/** y = ln x, elementwise, any shape; NaN below 0. dy/dx = 1/x. */
export const log = elementwise("log", ["x"], ({ x }) => x.log());
