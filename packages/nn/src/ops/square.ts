import { elementwise } from "./elementwise.js";

/** y = x², elementwise, any shape. dy/dx = 2x. */
export const square = elementwise("square", ["x"], ({ x }) => x.square());
