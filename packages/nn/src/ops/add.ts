import { elementwise } from "./elementwise.js";

/** y = a + b, elementwise; the shapes broadcast. */
export const add = elementwise("add", ["a", "b"], ({ a, b }) => a.add(b));
