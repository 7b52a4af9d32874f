import type { WindowGeometry } from "../graph/geometry.js";
import { nhwc } from "../graph/layout.js";
import type { Op } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { eachWindowElement, type Pool2dOptions, poolGeometry } from "./pooling.js";

type Attributes = {
  readonly geometry: WindowGeometry;
  readonly includePadding: number;
};

/** By how much each window's sum is divided. */
function divisors(attributes: Attributes, outputs: number): Float64Array {
  const { geometry, includePadding } = attributes;
  if (includePadding) return new Float64Array(outputs).fill(geometry.kernelHeight * geometry.kernelWidth);
  const counts = new Float64Array(outputs);
  eachWindowElement(geometry, (k) => {
    counts[k]!++;
  });
  return counts;
}

const avgPool2dOp: Op<Attributes> = {
  name: "avgPool2d",
  layout: ({ inputs: [x], shape }) => ({ inputs: [nhwc(x!.shape)], output: nhwc(shape) }),
  gradient: (dy, y) => [makeTensor(avgPool2dGradientOp, [dy], y.attributes, y.inputs[0]!.shape)],
  reference: ([x], node) => {
    const attributes = node.attributes;
    const y = new Float64Array(sizeOf(node.shape));
    eachWindowElement(attributes.geometry, (k, i) => {
      y[k]! += x!.data[i]!;
    });
    const by = divisors(attributes, y.length);
    return y.map((total, k) => total / by[k]!);
  },
  lower: ({ node, emit, y, x: [x] }) => {
    const { geometry, includePadding } = node.attributes;
    emit("avg_pool2d", { x: x!, y, ...geometry, includePadding });
  },
};

const avgPool2dGradientOp: Op<Attributes> = {
  name: "avgPool2dGradient",
  layout: ({ inputs: [dy], shape }) => ({ inputs: [nhwc(dy!.shape)], output: nhwc(shape) }),
  reference: ([dy], node) => {
    const attributes = node.attributes;
    const dx = new Float64Array(sizeOf(node.shape));
    const by = divisors(attributes, dy!.data.length);
    eachWindowElement(attributes.geometry, (k, i) => {
      dx[i]! += dy!.data[k]! / by[k]!;
    });
    return dx;
  },
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
