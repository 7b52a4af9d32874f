import { ShapeError } from "../errors.js";

/** [top, bottom, left, right]. */
export type Padding = readonly [number, number, number, number];

export type Pair = readonly [number, number];

/** Sizes of a convolution or pooling over images. Heights before widths. */
export interface WindowGeometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
}

/** Kernels count places along an axis in 32 bits with a sign, and add two of these numbers. */
const MOST = 2 ** 30;

/**
 * Output size along one axis: ⌊(size + pads − dilation·(kernel − 1) − 1) / stride⌋ + 1; below 1 when the kernel does not fit.
 * @throws {ShapeError} `window-too-large` for a padded side, a kernel with its dilation or a stride of more than 2^30.
 */
export function windowCount(
  size: number,
  pads: number,
  kernel: number,
  stride: number,
  dilation: number,
): number {
  const largest = Math.max(size + pads, dilation * (kernel - 1) + 1, stride);
  if (largest > MOST)
    throw new ShapeError(
      "window-too-large",
      `expected a padded side, a kernel with its dilation and a stride of at most 2^30, got a kernel of ${kernel}, a dilation of ${dilation} and a stride of ${stride} over ${size} padded by ${pads}.`,
    );
  return Math.floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Sizes of a convolution, with its filters and groups. */
export interface Conv2dGeometry extends WindowGeometry {
  readonly filters: number;
  readonly groups: number;
}
