import { elementwise } from "./elementwise.js";

/** y = a where the condition is not 0, b elsewhere; the shapes broadcast. It selects: what is not taken may be anything, and gets no gradient. */
export const where = elementwise("where", ["condition", "a", "b"], ({ condition, a, b }) =>
  condition.where(a, b),
);
