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

/** Output size along one axis: ⌊(size + pads − dilation·(kernel − 1) − 1) / stride⌋ + 1; below 1 when the kernel does not fit. */
export function windowCount(
  size: number,
  pads: number,
  kernel: number,
  stride: number,
  dilation: number,
): number {
  return Math.floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Sizes of a convolution, with its filters and groups. */
export interface Conv2dGeometry extends WindowGeometry {
  readonly filters: number;
  readonly groups: number;
}
