import { elementwise } from "./elementwise.js";

/** y = the whole number nearest to x, the even one of two, elementwise, any shape. dy/dx is taken as 0. */
export const round = elementwise("round", ["x"], ({ x }) => x.round());
