import { elementwise } from "./elementwise.js";

/** y = eˣ, elementwise, any shape. dy/dx = y. */
export const exp = elementwise("exp", ["x"], ({ x }) => x.exp());
