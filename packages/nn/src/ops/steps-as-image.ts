// A sequence as an image of one row, and back: two ops in one file, since each is the other's gradient.
import { nhwc } from "../graph/layout.js";
import type { Lowering, Op } from "../graph/op.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

// Images lie in memory with their channels last, so a sequence is an image already. What is left is to move it where it has to stay.
const lower = ({ emit, y, x: [x], n }: Lowering): void => {
  if (y !== x) emit("copy", { y, x: x!, n });
};

const stepsAsImageOp: Op = {
  name: "stepsAsImage",
  layout: ({ shape }) => ({ inputs: [undefined], output: nhwc(shape) }),
  inPlace: 0,
  gradient: (dy) => [imageAsSteps(dy)],
  lower,
};

const imageAsStepsOp: Op = {
  name: "imageAsSteps",
  layout: ({ inputs: [x] }) => ({ inputs: [nhwc(x!.shape)], output: undefined }),
  inPlace: 0,
  gradient: (dy) => [stepsAsImage(dy)],
  lower,
};

/** y[n, c, 0, t] = x[n, t, c]: x [batch, steps, channels] → y [batch, channels, 1, steps]. */
export function stepsAsImage(x: Tensor): Tensor {
  if (x.op === imageAsStepsOp) return x.inputs[0]!;
  const [batch, steps, channels] = x.shape as [number, number, number];
  return makeTensor(stepsAsImageOp, [x], {}, [batch, channels, 1, steps]);
}

/** y[n, t, c] = x[n, c, 0, t]: x [batch, channels, 1, steps] → y [batch, steps, channels]. */
export function imageAsSteps(x: Tensor): Tensor {
  if (x.op === stepsAsImageOp) return x.inputs[0]!;
  const [batch, channels, , steps] = x.shape as [number, number, number, number];
  return makeTensor(imageAsStepsOp, [x], {}, [batch, steps, channels]);
}
