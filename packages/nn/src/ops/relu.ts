import { elementwise } from "./elementwise.js";

/** y = max(x, 0), elementwise; any shape. dy/dx at 0 is taken as 0. NaN passes through, so that it can be reported. */
export const relu = elementwise("relu", ["x"], ({ x }) => x.relu());

export const reluOp = relu.op;
/** dx = dy where y > 0, 0 elsewhere, from the output and dy. */
export const reluGradientOp = relu.gradientOp();
