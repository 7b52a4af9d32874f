import { elementwise } from "./elementwise.js";

/** y = 1/x, elementwise, any shape. dy/dx = −y². */
export const reciprocal = elementwise("reciprocal", ["x"], ({ x }) => x.reciprocal());
