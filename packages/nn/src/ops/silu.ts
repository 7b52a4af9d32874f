import { elementwise } from "./elementwise.js";

/** y = x·sigmoid(x), elementwise, any shape; also called swish. Elfwing et al., 2017, arXiv:1702.03118. */
export const silu = elementwise("silu", ["x"], ({ x }) => x.mul(x.sigmoid()));
