import { elementwise } from "./elementwise.js";

/** y = 1 / (1 + e⁻ˣ), elementwise, any shape. dy/dx = y(1 − y). */
export const sigmoid = elementwise("sigmoid", ["x"], ({ x }) => x.sigmoid());
