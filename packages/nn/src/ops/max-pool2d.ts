import type { WindowGeometry } from "../graph/geometry.js";
import { nhwc } from "../graph/layout.js";
import type { Op } from "../graph/op.js";
import { makeTensor, makeTensors, type Tensor } from "../graph/tensor.js";
import { type Pool2dOptions, poolGeometry } from "./pooling.js";

type Attributes = { readonly geometry: WindowGeometry };

/** Its outputs are the maxima and, beside them, which place of its window each comes from: what the gradient needs. */
export const maxPool2dOp: Op<Attributes> = {
  name: "maxPool2d",
  layout: ({ inputs: [x], shape }) => ({
    inputs: [nhwc(x!.shape)],
    output: nhwc(shape),
    also: [nhwc(shape)],
  }),
  gradient: (dy, y) => [
    makeTensor(maxPool2dGradientOp, [dy, y.node.outputs[1]!], y.attributes, y.inputs[0]!.shape),
  ],
  lower: ({ node, emit, y, ys, x: [x] }) =>
    emit("max_pool2d", { x: x!, y, argmax: ys[1]!, ...node.attributes.geometry }),
};

/** dx from dy and the places of the maxima. */
export const maxPool2dGradientOp: Op<Attributes> = {
  name: "maxPool2dGradient",
  indices: true,
  layout: ({ inputs: [dy, places], shape }) => ({
    inputs: [nhwc(dy!.shape), nhwc(places!.shape)],
    output: nhwc(shape),
  }),
  lower: ({ node, emit, y, x: [dy, places] }) =>
    emit("max_pool2d_grad", { dy: dy!, argmax: places!, dx: y, ...node.attributes.geometry }),
};

/**
 * The greatest element of each window; padding never wins, NaN always does.
 *
 * x [batch, channels, height, width] → [batch, channels, outHeight, outWidth].
 */
export function maxPool2d(x: Tensor, options: Pool2dOptions): Tensor {
  const geometry = poolGeometry("maxPool2d", x, options);
  const shape = [geometry.batch, geometry.channels, geometry.outHeight, geometry.outWidth];
  // A byte an element says which place won, or a word where the window has too many places for one.
  const type = geometry.kernelHeight * geometry.kernelWidth > 255 ? "u32" : "u8";
  return makeTensors(maxPool2dOp, [x], { geometry }, [{ shape }, { shape, type }])[0]!;
}
