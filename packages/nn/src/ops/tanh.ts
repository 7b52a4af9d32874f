import { elementwise } from "./elementwise.js";

/** y = tanh x, elementwise, any shape. dy/dx = (1 − y)(1 + y). */
export const tanh = elementwise("tanh", ["x"], ({ x }) => x.tanh());
