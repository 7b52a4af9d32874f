import { elementwise } from "./elementwise.js";

/** y = a / b, elementwise; the shapes broadcast. dy/db = −y/b. */
export const div = elementwise("div", ["a", "b"], ({ a, b }) => a.div(b));
