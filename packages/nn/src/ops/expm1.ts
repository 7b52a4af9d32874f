import { elementwise } from "./elementwise.js";

/** y = eˣ − 1, exact near 0, elementwise, any shape. dy/dx = y + 1. */
export const expm1 = elementwise("expm1", ["x"], ({ x }) => x.expm1());
