import { elementwise } from "./elementwise.js";

/** Where a < b, elementwise; the shapes broadcast. Of type `"bool"`: 1 or 0, through which nothing flows back. */
export const less = elementwise("less", ["a", "b"], ({ a, b }) => a.lt(b));

/** Where a ≤ b, elementwise; the shapes broadcast. Of type `"bool"`: 1 or 0, through which nothing flows back. */
export const lessOrEqual = elementwise("lessOrEqual", ["a", "b"], ({ a, b }) => a.le(b));

/** Where a > b, elementwise; the shapes broadcast. Of type `"bool"`: 1 or 0, through which nothing flows back. */
export const greater = elementwise("greater", ["a", "b"], ({ a, b }) => a.gt(b));

/** Where a ≥ b, elementwise; the shapes broadcast. Of type `"bool"`: 1 or 0, through which nothing flows back. */
export const greaterOrEqual = elementwise("greaterOrEqual", ["a", "b"], ({ a, b }) => a.ge(b));

/** Where a = b, elementwise; the shapes broadcast. Of type `"bool"`: 1 or 0, through which nothing flows back. */
export const equal = elementwise("equal", ["a", "b"], ({ a, b }) => a.eq(b));

/** Where a ≠ b, elementwise; the shapes broadcast. Of type `"bool"`: 1 or 0, through which nothing flows back. */
export const notEqual = elementwise("notEqual", ["a", "b"], ({ a, b }) => a.ne(b));
