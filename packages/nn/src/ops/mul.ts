import { elementwise } from "./elementwise.js";

/** y = a·b, elementwise; the shapes broadcast. */
export const mul = elementwise("mul", ["a", "b"], ({ a, b }) => a.mul(b));
