import { type ErrorOwner, ShapeError } from "../errors.js";
import { type Conv2dGeometry, type Padding, type Pair, requireCountable } from "../graph/geometry.js";
import { formatShape, type Shape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { inputGradientOp } from "./conv2d.js";

export interface Conv2dTransposeOptions {
  readonly stride?: Pair;
  /** How much of the output's border is left out. */
  readonly padding?: Padding;
  readonly dilation?: Pair;
  /** Into how many groups channels and filters are parted; default 1. */
  readonly groups?: number;
}

/**
 * Output height and width, along each axis (size − 1)·stride + max(stride, dilation·(kernel − 1) + 1) − pads; below 1 where nothing is left.
 * @throws {ShapeError} as `requireCountable`.
 */
export function transposedCounts(
  owner: ErrorOwner,
  size: Pair,
  padding: Padding,
  kernel: Pair,
  stride: Pair,
  dilation: Pair,
): Pair {
  const along = (axis: 0 | 1, pads: number): number => {
    const padded =
      (size[axis] - 1) * stride[axis] + Math.max(stride[axis], dilation[axis] * (kernel[axis] - 1) + 1);
    requireCountable(owner, Math.max(padded, pads), kernel[axis], stride[axis], dilation[axis]);
    return padded - pads;
  };
  return [along(0, padding[0] + padding[1]), along(1, padding[2] + padding[3])];
}

/**
 * The transpose of a convolution, which goes the other way as its gradient does: each pixel adds the kernel times itself to the output,
 *   y[n, f, i·stride − pad + u·dilation, j·stride − pad + v·dilation] += x[n, c, i, j] · w[c, f, u, v].
 *
 * x [batch, channels, height, width], w [channels, filters/groups, kh, kw] → y [batch, filters, outHeight, outWidth], with outHeight = (height − 1)·stride +
 * max(stride, dilation·(kh − 1) + 1) − pads, and outWidth likewise.
 * @throws {ShapeError} `conv2d-channels` or `conv2d-window` when the kernel does not fit, or padding takes more than there is.
 */
export function conv2dTranspose(x: Tensor, w: Tensor, options: Conv2dTransposeOptions = {}): Tensor {
  const { stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 } = options;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [kernelChannels, groupFilters, kernelHeight, kernelWidth] = w.shape as [
    number,
    number,
    number,
    number,
  ];
  if (
    x.shape.length !== 4 ||
    w.shape.length !== 4 ||
    kernelChannels !== channels ||
    channels % groups !== 0
  ) {
    throw new ShapeError(
      "conv2d-channels",
      `conv2dTranspose: expected images [batch, channels, height, width] and a kernel [channels, filters/groups, kh, kw] of channels in ${groups} groups, got ${formatShape(x.shape)} and ${formatShape(w.shape)}.`,
    );
  }
  const filters = groupFilters * groups;
  const kernel = [kernelHeight, kernelWidth] as const;
  const [outHeight, outWidth] = transposedCounts(
    "conv2dTranspose",
    [height, width],
    padding,
    kernel,
    stride,
    dilation,
  );
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(
      "conv2d-window",
      `conv2dTranspose: expected pads smaller than the output, got ${formatShape(kernel)} over ${formatShape([height, width])} with pads ${formatShape(padding)}.`,
    );
  }
  // The convolution whose gradient it is: its images are our output, its filters our channels.
  const geometry: Conv2dGeometry = {
    batch,
    height: outHeight,
    width: outWidth,
    channels: filters,
    filters: channels,
    groups,
    outHeight: height,
    outWidth: width,
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
  return makeTensor(inputGradientOp, [x, w], { geometry }, shape);
}
