import { elementwise } from "./elementwise.js";

/** y = the next whole number above x, elementwise, any shape. dy/dx is taken as 0. */
export const ceil = elementwise("ceil", ["x"], ({ x }) => x.ceil());
