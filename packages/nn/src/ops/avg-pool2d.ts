import type { WindowGeometry } from "../graph/geometry.js";
import { nhwc } from "../graph/layout.js";
import type { Op } from "../graph/op.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { type Pool2dOptions, poolGeometry } from "./pooling.js";

type Attributes = {
  readonly geometry: WindowGeometry;
  readonly includePadding: number;
};

const avgPool2dOp: Op<Attributes> = {
  name: "avgPool2d",
  layout: ({ inputs: [x], shape }) => ({ inputs: [nhwc(x!.shape)], output: nhwc(shape) }),
  gradient: (dy, y) => [makeTensor(avgPool2dGradientOp, [dy], y.attributes, y.inputs[0]!.shape)],
  lower: ({ node, emit, y, x: [x] }) => {
    const { geometry, includePadding } = node.attributes;
    emit("avg_pool2d", { x: x!, y, ...geometry, includePadding });
  },
};

const avgPool2dGradientOp: Op<Attributes> = {
  name: "avgPool2dGradient",
  layout: ({ inputs: [dy], shape }) => ({ inputs: [nhwc(dy!.shape)], output: nhwc(shape) }),
  lower: ({ node, emit, y, x: [dy] }) => {
    const { geometry, includePadding } = node.attributes;
    emit("avg_pool2d_grad", { dy: dy!, dx: y, ...geometry, includePadding });
  },
};

/**
 * The mean of each window, over the elements inside the image, or over the whole window with `includePadding` (PyTorch's default;
 * Keras and this library leave the padding out).
 *
 * x [batch, channels, height, width] → [batch, channels, outHeight, outWidth].
 */
export function avgPool2d(x: Tensor, options: Pool2dOptions & { readonly includePadding?: boolean }): Tensor {
  const geometry = poolGeometry("avgPool2d", x, options);
  const shape = [geometry.batch, geometry.channels, geometry.outHeight, geometry.outWidth];
  return makeTensor(avgPool2dOp, [x], { geometry, includePadding: options.includePadding ? 1 : 0 }, shape);
}
