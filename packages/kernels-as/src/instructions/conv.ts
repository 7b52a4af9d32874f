import { PLACES_IN_BYTE } from "../constants/conv.gen.js";

/** Sizes of an op with a window: input [batch, height, width, channels], output [batch, outHeight, outWidth, …]. */
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

/** Sizes of a convolution; the output has `filters` channels, each of which sees channels / groups of the input's. */
export interface ConvGeometry extends WindowGeometry {
  readonly filters: number;
  readonly groups: number;
}

/** Bytes that `argmax` of max_pool2d takes: one a value, or four when the window has more than 255 places. */
export function argmaxBytes(w: WindowGeometry): number {
  const values = w.batch * w.outHeight * w.outWidth * w.channels;
  return w.kernelHeight * w.kernelWidth > PLACES_IN_BYTE ? values * 4 : values;
}

/** Elements of a window's input. */
export const inputElements = (w: WindowGeometry): number => w.batch * w.height * w.width * w.channels;
/** Of a pool's output, or a place's channels anywhere. */
export const windowElements = (w: WindowGeometry): number => w.batch * w.outHeight * w.outWidth * w.channels;
/** Of a convolution's kernel, and of its output before and after a 2x2 pooling. */
export const kernelElements = (g: ConvGeometry): number =>
  g.kernelHeight * g.kernelWidth * (g.channels / g.groups) * g.filters;
export const outputElements = (g: ConvGeometry): number => g.batch * g.outHeight * g.outWidth * g.filters;
export const pooledElements = (g: ConvGeometry): number =>
  g.batch * (g.outHeight >> 1) * (g.outWidth >> 1) * g.filters;

/** The kernels count places in an image as i32. */
const PLACES = 2 ** 31;

/** What is wrong with the sizes of a window, if anything: all its places must be there to be counted. */
export function windowFault(w: WindowGeometry): string | undefined {
  const counts = ["batch", "height", "width", "channels", "outHeight", "outWidth"] as const;
  const steps = ["kernelHeight", "kernelWidth", "strideHeight", "strideWidth"] as const;
  for (const name of [...counts, ...steps, "dilationHeight", "dilationWidth"] as const) {
    if (w[name] < 1) return `expected ${name} to be an integer in [1, 2^32), got ${w[name]}`;
  }
  const last = Math.max(
    (w.outHeight - 1) * w.strideHeight + (w.kernelHeight - 1) * w.dilationHeight,
    (w.outWidth - 1) * w.strideWidth + (w.kernelWidth - 1) * w.dilationWidth,
    ...[w.padTop, w.padLeft],
  );
  if (last < PLACES) return undefined;
  return `expected windows to end before place 2^31 of the padded input, got ${last}`;
}
