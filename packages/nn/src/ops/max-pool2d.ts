import type { WindowGeometry } from "../graph/geometry.js";
import { nhwc } from "../graph/layout.js";
import type { Op } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { eachWindowElement, type Pool2dOptions, poolGeometry } from "./pooling.js";

/** The inputs' places that were the greatest of their windows: the first of equals, and NaN above all. */
function winners(x: Float64Array, node: Tensor): Int32Array {
  const best = new Int32Array(sizeOf(node.shape)).fill(-1);
  eachWindowElement(node.attributes.geometry as WindowGeometry, (k, i) => {
    const held = best[k]!;
    if (held < 0 || x[i]! > x[held]! || (Number.isNaN(x[i]) && !Number.isNaN(x[held]))) best[k] = i;
  });
  return best;
}

/** Its memory holds the maxima and, behind them, one byte an element (four for windows of more than 255 places): which place won. */
export const maxPool2dOp: Op = {
  name: "maxPool2d",
  extraBytes: ({ shape, attributes }) => {
    const { kernelHeight, kernelWidth } = attributes.geometry as WindowGeometry;
    return (kernelHeight * kernelWidth > 255 ? 4 : 1) * sizeOf(shape);
  },
  layout: ({ inputs: [x], shape }) => ({ inputs: [nhwc(x!.shape)], output: nhwc(shape) }),
  gradient: (dy, y) => [makeTensor(maxPool2dGradientOp, [dy, y], y.attributes, y.inputs[0]!.shape)],
  reference: ([x], node) => Float64Array.from(winners(x!.data, node), (i) => x!.data[i]!),
  lower: ({ node, emit, y, x: [x], n }) =>
    emit("max_pool2d", { x: x!, y, argmax: y + 4 * n, ...(node.attributes.geometry as WindowGeometry) }),
};

export const maxPool2dGradientOp: Op = {
  name: "maxPool2dGradient",
  layout: ({ inputs: [dy, y], shape }) => ({
    inputs: [nhwc(dy!.shape), nhwc(y!.shape)],
    output: nhwc(shape),
  }),
  referenceOf: (values, node) => {
    const pooled = node.inputs[1]!;
    const best = winners(values(pooled.inputs[0]!).data, pooled);
    const dy = values(node.inputs[0]!).data;
    const dx = new Float64Array(sizeOf(node.shape));
    best.forEach((i, k) => {
      dx[i]! += dy[k]!;
    });
    return dx;
  },
  reference: () => {
    throw new RangeError("internal: maxPool2dGradient needs its forward input");
  },
  lower: ({ node, emit, y, x: [dy, pooled] }) => {
    const argmax = pooled! + 4 * sizeOf(node.inputs[1]!.shape);
    emit("max_pool2d_grad", { dy: dy!, argmax, dx: y, ...(node.attributes.geometry as WindowGeometry) });
  },
};

/**
 * The greatest element of each window; padding never wins, NaN always does.
 *
 * x [batch, channels, height, width] → [batch, channels, outHeight, outWidth].
 */
export function maxPool2d(x: Tensor, options: Pool2dOptions): Tensor {
  const geometry = poolGeometry("maxPool2d", x, options);
  const shape = [geometry.batch, geometry.channels, geometry.outHeight, geometry.outWidth];
  return makeTensor(maxPool2dOp, [x], { geometry }, shape);
}
