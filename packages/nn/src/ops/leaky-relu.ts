import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "./elementwise.js";

const leaky = elementwise(
  "leakyRelu",
  ["x"],
  ({ x }, { slope }: { slope: number }) => x.gt(0).where(x, x.mul(slope)),
  // From the output, whose sign is that of x.
  { gradient: (_, { y, dy }, { slope }) => ({ x: y.gt(0).where(dy, dy.mul(slope)) }) },
);

export const leakyReluOp = leaky.op;

/** y = x where x > 0, slope·x elsewhere (0 < slope, so that the sign of y tells that of x); elementwise, any shape. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return leaky(x, { slope });
}
