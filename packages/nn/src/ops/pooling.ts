import { ShapeError } from "../errors.js";
import { type Padding, type Pair, type WindowGeometry, windowCounts } from "../graph/geometry.js";
import { formatShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";

export interface Pool2dOptions {
  readonly kernelSize: Pair;
  /** Defaults to the kernel's size. */
  readonly stride?: Pair;
  readonly padding?: Padding;
}

/** Each place of a window is looked at, also outside of the image. One that has more of them than the image and this is a mistake that may take hours. */
const MOST_PLACES = 2 ** 20;

/** The geometry of a pooling over x [batch, channels, height, width]. @throws {ShapeError} `pool2d-window` when it does not fit. */
export function poolGeometry(op: string, x: Tensor, options: Pool2dOptions): WindowGeometry {
  const { kernelSize, stride = kernelSize, padding = [0, 0, 0, 0] } = options;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [outHeight, outWidth] = windowCounts(op, [height, width], padding, kernelSize, stride, [1, 1]);
  const tooWide =
    kernelSize[0] * kernelSize[1] > Math.max(height * width, MOST_PLACES) ||
    padding[0] >= kernelSize[0] ||
    padding[1] >= kernelSize[0] ||
    padding[2] >= kernelSize[1] ||
    padding[3] >= kernelSize[1];
  if (x.shape.length !== 4 || outHeight < 1 || outWidth < 1 || tooWide) {
    throw new ShapeError(
      "pool2d-window",
      `${op}: expected images [batch, channels, height, width], a window that fits into them, of no more places than they have or 2^20, and pads smaller than it, got ${formatShape(x.shape)}, a window of ${formatShape(kernelSize)} and pads ${formatShape(padding)}.`,
    );
  }
  return {
    batch,
    height,
    width,
    channels,
    outHeight,
    outWidth,
    kernelHeight: kernelSize[0],
    kernelWidth: kernelSize[1],
    strideHeight: stride[0],
    strideWidth: stride[1],
    padTop: padding[0],
    padLeft: padding[2],
    dilationHeight: 1,
    dilationWidth: 1,
  };
}
