import { elementwise } from "./elementwise.js";

/** y = a − b, elementwise; the shapes broadcast. */
export const sub = elementwise("sub", ["a", "b"], ({ a, b }) => a.sub(b));
