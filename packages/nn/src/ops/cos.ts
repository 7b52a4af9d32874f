import { elementwise } from "./elementwise.js";

/** y = cos x, x in radians, elementwise, any shape. dy/dx = −sin x. */
export const cos = elementwise("cos", ["x"], ({ x }) => x.cos());
