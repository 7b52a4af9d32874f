// Convolution and pooling as plain float64 loops, NHWC and HWIO: readable, slow, and what the kernels are tested against.
import type { ConvGeometry, WindowGeometry } from "../../src/instructions/conv.js";

export type Values = ArrayLike<number>;

/** Calls `visit(input, place, pixel)` for every place of every window that lies inside the input; input and pixel count pixels. */
function eachPlace(w: WindowGeometry, visit: (input: number, place: number, pixel: number) => void): void {
  for (let n = 0; n < w.batch; n++) {
    for (let oy = 0; oy < w.outHeight; oy++) {
      for (let ox = 0; ox < w.outWidth; ox++) {
        const pixel = (n * w.outHeight + oy) * w.outWidth + ox;
        for (let ky = 0; ky < w.kernelHeight; ky++) {
          const iy = oy * w.strideHeight + ky * w.dilationHeight - w.padTop;
          if (iy < 0 || iy >= w.height) continue;
          for (let kx = 0; kx < w.kernelWidth; kx++) {
            const ix = ox * w.strideWidth + kx * w.dilationWidth - w.padLeft;
            if (ix < 0 || ix >= w.width) continue;
            visit((n * w.height + iy) * w.width + ix, ky * w.kernelWidth + kx, pixel);
          }
        }
      }
    }
  }
}

/** Calls `visit(x, w, y)` with the flat indices of every product of the convolution y[…] += x[…] · w[…]. */
function eachProduct(g: ConvGeometry, visit: (x: number, w: number, y: number) => void): void {
  const channels = g.channels / g.groups;
  const filters = g.filters / g.groups;
  eachPlace(g, (input, place, pixel) => {
    for (let f = 0; f < g.filters; f++) {
      const first = Math.floor(f / filters) * channels;
      for (let c = 0; c < channels; c++) {
        visit(input * g.channels + first + c, (place * channels + c) * g.filters + f, pixel * g.filters + f);
      }
    }
  });
}

const inputSize = (w: WindowGeometry): number => w.batch * w.height * w.width * w.channels;
const outputPixels = (w: WindowGeometry): number => w.batch * w.outHeight * w.outWidth;

/** y[n, oy, ox, f] = bias[f] + Σ x[n, oy·s + ky·d − p, …, c] · w[ky, kx, c, f]. */
export function conv2d(x: Values, w: Values, bias: Values | undefined, g: ConvGeometry): Float64Array {
  const y = new Float64Array(outputPixels(g) * g.filters);
  if (bias) for (let i = 0; i < y.length; i++) y[i] = bias[i % g.filters]!;
  eachProduct(g, (ix, iw, iy) => {
    y[iy]! += x[ix]! * w[iw]!;
  });
  return y;
}

/** dx of Σ dy · conv2d(x, w). */
export function conv2dInputGrad(dy: Values, w: Values, g: ConvGeometry): Float64Array {
  const dx = new Float64Array(inputSize(g));
  eachProduct(g, (ix, iw, iy) => {
    dx[ix]! += dy[iy]! * w[iw]!;
  });
  return dx;
}

/** dw and db of Σ dy · (conv2d(x, w) + bias). */
export function conv2dKernelGrad(
  x: Values,
  dy: Values,
  g: ConvGeometry,
): { dw: Float64Array; db: Float64Array } {
  const dw = new Float64Array(g.kernelHeight * g.kernelWidth * (g.channels / g.groups) * g.filters);
  const db = new Float64Array(g.filters);
  eachProduct(g, (ix, iw, iy) => {
    dw[iw]! += dy[iy]! * x[ix]!;
  });
  for (let i = 0; i < dy.length; i++) db[i % g.filters]! += dy[i]!;
  return { dw, db };
}

/** cols[pixel, place, c] = x where the place lies inside it, else 0. */
export function im2col(x: Values, w: WindowGeometry): Float64Array {
  const places = w.kernelHeight * w.kernelWidth;
  const cols = new Float64Array(outputPixels(w) * places * w.channels);
  eachPlace(w, (input, place, pixel) => {
    for (let c = 0; c < w.channels; c++) {
      cols[(pixel * places + place) * w.channels + c] = x[input * w.channels + c]!;
    }
  });
  return cols;
}

/** The transpose of im2col. */
export function col2im(cols: Values, w: WindowGeometry): Float64Array {
  const places = w.kernelHeight * w.kernelWidth;
  const dx = new Float64Array(inputSize(w));
  eachPlace(w, (input, place, pixel) => {
    for (let c = 0; c < w.channels; c++) {
      dx[input * w.channels + c]! += cols[(pixel * places + place) * w.channels + c]!;
    }
  });
  return dx;
}

/** The largest value of each window and its place, the first of equals; NaN wins; −∞ and −1 where the window lies outside. */
export function maxPool2d(x: Values, w: WindowGeometry): { y: Float64Array; argmax: Int32Array } {
  const y = new Float64Array(outputPixels(w) * w.channels).fill(Number.NEGATIVE_INFINITY);
  const argmax = new Int32Array(y.length).fill(-1);
  eachPlace(w, (input, place, pixel) => {
    for (let c = 0; c < w.channels; c++) {
      const at = pixel * w.channels + c;
      const value = x[input * w.channels + c]!;
      if (argmax[at] === -1 || value > y[at]! || (Number.isNaN(value) && !Number.isNaN(y[at]))) {
        y[at] = value;
        argmax[at] = place;
      }
    }
  });
  return { y, argmax };
}

/** dx of Σ dy · maxPool2d(x). */
export function maxPool2dGrad(dy: Values, argmax: Values, w: WindowGeometry): Float64Array {
  const dx = new Float64Array(inputSize(w));
  eachPlace(w, (input, place, pixel) => {
    for (let c = 0; c < w.channels; c++) {
      const at = pixel * w.channels + c;
      if (argmax[at] === place) dx[input * w.channels + c]! += dy[at]!;
    }
  });
  return dx;
}

/** How many places of each output pixel's window count. */
function divisors(w: WindowGeometry, includePadding: boolean): Float64Array {
  const counts = new Float64Array(outputPixels(w));
  eachPlace(w, (_input, _place, pixel) => {
    counts[pixel]! += 1;
  });
  return includePadding ? counts.fill(w.kernelHeight * w.kernelWidth) : counts;
}

/** The mean of each window, over all its places (padding as zeros) or over those inside; 0 where none is. */
export function avgPool2d(x: Values, w: WindowGeometry, includePadding: boolean): Float64Array {
  const counts = divisors(w, includePadding);
  const y = new Float64Array(outputPixels(w) * w.channels);
  eachPlace(w, (input, _place, pixel) => {
    for (let c = 0; c < w.channels; c++) {
      y[pixel * w.channels + c]! += x[input * w.channels + c]! / counts[pixel]!;
    }
  });
  return y;
}

/** dx of Σ dy · avgPool2d(x). */
export function avgPool2dGrad(dy: Values, w: WindowGeometry, includePadding: boolean): Float64Array {
  const counts = divisors(w, includePadding);
  const dx = new Float64Array(inputSize(w));
  eachPlace(w, (input, _place, pixel) => {
    for (let c = 0; c < w.channels; c++) {
      dx[input * w.channels + c]! += dy[pixel * w.channels + c]! / counts[pixel]!;
    }
  });
  return dx;
}
