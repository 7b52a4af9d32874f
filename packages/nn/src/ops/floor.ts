import { elementwise } from "./elementwise.js";

/** y = the next whole number below x, elementwise, any shape. dy/dx is taken as 0. */
export const floor = elementwise("floor", ["x"], ({ x }) => x.floor());
