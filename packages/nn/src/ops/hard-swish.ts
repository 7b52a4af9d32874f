import { elementwise } from "./elementwise.js";

/** y = x·min(max(x + 3, 0), 6)/6, elementwise, any shape: `silu` in straight lines. Howard et al., 2019, arXiv:1905.02244. */
export const hardSwish = elementwise("hardSwish", ["x"], ({ x }) =>
  x
    .add(3)
    .max(0)
    .min(6)
    .mul(x)
    .mul(1 / 6),
);
