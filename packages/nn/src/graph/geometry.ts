import { type ErrorOwner, ownerLabel, ShapeError } from "../errors.js";

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

/** @throws {ShapeError} `window-too-large` for a padded side, a kernel with its dilation, a dilation or a stride of more than 2^30. */
export function requireCountable(
  owner: ErrorOwner,
  side: number,
  kernel: number,
  stride: number,
  dilation: number,
): void {
  if (Math.max(side, dilation * (kernel - 1) + 1, dilation, stride) <= MOST) return;
  throw new ShapeError(
    "window-too-large",
    `${ownerLabel(owner)}: expected a padded side, a kernel with its dilation and a stride of at most 2^30, got a kernel of ${kernel}, a dilation of ${dilation} and a stride of ${stride} over a side of ${side}.`,
  );
}

/**
 * Output size along one axis: ⌊(size + pads − dilation·(kernel − 1) − 1) / stride⌋ + 1; below 1 when the kernel does not fit.
 * @throws {ShapeError} as `requireCountable`.
 */
export function windowCount(
  owner: ErrorOwner,
  size: number,
  pads: number,
  kernel: number,
  stride: number,
  dilation: number,
): number {
  requireCountable(owner, size + pads, kernel, stride, dilation);
  return Math.floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1;
}

/**
 * Output height and width; below 1 where the kernel does not fit.
 * @throws {ShapeError} as `requireCountable`.
 */
export function windowCounts(
  owner: ErrorOwner,
  size: Pair,
  padding: Padding,
  kernel: Pair,
  stride: Pair,
  dilation: Pair,
): Pair {
  return [
    windowCount(owner, size[0], padding[0] + padding[1], kernel[0], stride[0], dilation[0]),
    windowCount(owner, size[1], padding[2] + padding[3], kernel[1], stride[1], dilation[1]),
  ];
}

/** Sizes of a convolution, with its filters and groups. */
export interface Conv2dGeometry extends WindowGeometry {
  readonly filters: number;
  readonly groups: number;
}
