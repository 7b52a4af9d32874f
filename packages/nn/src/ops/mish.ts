import { elementwise } from "./elementwise.js";

/** y = x·tanh(log(1 + eˣ)), elementwise, any shape. Misra, 2019, arXiv:1908.08681. */
export const mish = elementwise("mish", ["x"], ({ x }) =>
  x.max(0).add(x.abs().neg().exp().log1p()).tanh().mul(x),
);
