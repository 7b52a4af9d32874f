import { ShapeError } from "../errors.js";
import { type Conv2dGeometry, type Padding, type Pair, windowCounts } from "../graph/geometry.js";
import { hwio, nhwc } from "../graph/layout.js";
import type { Lowering, Op } from "../graph/op.js";
import { formatShape, type Shape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

export interface Conv2dOptions {
  readonly stride?: Pair;
  readonly padding?: Padding;
  readonly dilation?: Pair;
  readonly groups?: number;
}

type Attributes = {
  readonly geometry: Conv2dGeometry;
};

/** The sizes of a convolution, or of one of its gradients. */
export function conv2dGeometry(node: Tensor): Conv2dGeometry {
  return node.attributes.geometry as Conv2dGeometry;
}

export const conv2dOp: Op<Attributes> = {
  name: "conv2d",
  layout: ({ inputs: [x, w], shape }) => ({ inputs: [nhwc(x!.shape), hwio(w!.shape)], output: nhwc(shape) }),
  gradient: (dy, { inputs: [x, w], attributes }) => [
    makeTensor(inputGradientOp, [dy, w!], attributes, x!.shape),
    makeTensor(kernelGradientOp, [x!, dy], attributes, w!.shape),
  ],
  lower: (lowering) => lowerConv2d(lowering.node, lowering, 0, false),
};

/** dx = the gradient with respect to the images, from dy and the kernel: a convolution's transpose, whose own transpose is the convolution. */
export const inputGradientOp: Op<Attributes> = {
  name: "conv2dInputGradient",
  // A geometry of their own: by sharing one, fusions know the gradients of a convolution, which these are not.
  gradient: (dx, { inputs: [dy, w], attributes: { geometry } }) => [
    makeTensor(conv2dOp, [dx, w!], { geometry: { ...geometry } }, dy!.shape),
    makeTensor(kernelGradientOp, [dx, dy!], { geometry: { ...geometry } }, w!.shape),
  ],
  layout: ({ inputs: [dy, w], shape }) => ({
    inputs: [nhwc(dy!.shape), hwio(w!.shape)],
    output: nhwc(shape),
  }),
  lower: ({ node, emit, y, x: [dy, w], planning, scratch }) => {
    const { geometry } = node.attributes;
    const { algorithm, scratchBytes } = planning.conv2d(geometry, "inputGrad");
    emit("conv2d_input_grad", {
      dy: dy!,
      w: w!,
      dx: y,
      ...geometry,
      algorithm,
      scratch: scratch(scratchBytes),
    });
  },
};

/** dw = the gradient with respect to the kernel, from the images and dy. */
export const kernelGradientOp: Op<Attributes> = {
  name: "conv2dKernelGradient",
  layout: ({ inputs: [x, dy], shape }) => ({
    inputs: [nhwc(x!.shape), nhwc(dy!.shape)],
    output: hwio(shape),
  }),
  lower: ({ node, emit, y, x: [x, dy], planning, scratch }) => {
    const { geometry } = node.attributes;
    const { algorithm, scratchBytes } = planning.conv2d(geometry, "kernelGrad");
    emit("conv2d_kernel_grad", {
      x: x!,
      dy: dy!,
      dw: y,
      db: 0,
      ...geometry,
      algorithm,
      scratch: scratch(scratchBytes),
    });
  },
};

/** Emits the convolution of `node`, with a bias (address, 0: none) and a ReLU as its epilogue. */
export function lowerConv2d(
  node: Tensor,
  { emit, y, x: [x, w], planning, scratch }: Pick<Lowering, "emit" | "y" | "x" | "planning" | "scratch">,
  bias: number,
  relu: boolean,
): void {
  const geometry = conv2dGeometry(node);
  const { algorithm, scratchBytes } = planning.conv2d(geometry, "forward");
  emit("conv2d", {
    x: x!,
    w: w!,
    bias,
    y,
    ...geometry,
    activation: relu ? 1 : 0,
    algorithm,
    scratch: scratch(scratchBytes),
  });
}

/**
 * Cross-correlation over images, as deep learning calls convolution:
 *   y[n, f, i, j] = Σ x[n, c, i·stride − pad + u·dilation, j·stride − pad + v·dilation] · w[f, c, u, v], zero outside.
 *
 * x [batch, channels, height, width], w [filters, channels/groups, kh, kw] → y [batch, filters, outHeight, outWidth].
 * @throws {ShapeError} `conv2d-channels` or `conv2d-window` when the kernel does not fit.
 */
export function conv2d(x: Tensor, w: Tensor, options: Conv2dOptions = {}): Tensor {
  const { stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 } = options;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [filters, kernelChannels, kernelHeight, kernelWidth] = w.shape as [number, number, number, number];
  if (
    x.shape.length !== 4 ||
    w.shape.length !== 4 ||
    kernelChannels * groups !== channels ||
    filters % groups !== 0
  ) {
    throw new ShapeError(
      "conv2d-channels",
      `conv2d: expected images [batch, channels, height, width] and a kernel [filters, channels/groups, kh, kw] with groups ${groups}, got ${formatShape(x.shape)} and ${formatShape(w.shape)}.`,
    );
  }
  const kernel = [kernelHeight, kernelWidth] as const;
  const [outHeight, outWidth] = windowCounts("conv2d", [height, width], padding, kernel, stride, dilation);
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(
      "conv2d-window",
      `conv2d: expected a kernel that fits into the padded image, got ${formatShape(kernel)} with dilation ${formatShape(dilation)} over ${formatShape([height, width])} padded by ${formatShape(padding)}.`,
    );
  }
  const geometry: Conv2dGeometry = {
    batch,
    height,
    width,
    channels,
    filters,
    groups,
    outHeight,
    outWidth,
    kernelHeight,
    kernelWidth,
    strideHeight: stride[0],
    strideWidth: stride[1],
    padTop: padding[0],
    padLeft: padding[2],
    dilationHeight: dilation[0],
    dilationWidth: dilation[1],
  };
  const shape: Shape = [batch, filters, outHeight, outWidth];
  return makeTensor(conv2dOp, [x, w], { geometry }, shape);
}
