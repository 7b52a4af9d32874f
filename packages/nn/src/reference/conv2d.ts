import type { Conv2dGeometry } from "../graph/geometry.js";
import type { Tensor } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import type { Reference } from "./reference.js";

const geometryOf = ({ attributes }: Tensor) => attributes.geometry as Conv2dGeometry;

export const conv2d: Reference = ([x, w], node) => {
  const y = new Float64Array(sizeOf(node.shape));
  eachProduct(geometryOf(node), (i, j, k) => {
    y[k]! += x!.data[i]! * w!.data[j]!;
  });
  return y;
};

export const conv2dInputGradient: Reference = ([dy, w], node) => {
  const dx = new Float64Array(sizeOf(node.shape));
  eachProduct(geometryOf(node), (i, j, k) => {
    dx[i]! += dy!.data[k]! * w!.data[j]!;
  });
  return dx;
};

export const conv2dKernelGradient: Reference = ([x, dy], node) => {
  const dw = new Float64Array(sizeOf(node.shape));
  eachProduct(geometryOf(node), (i, j, k) => {
    dw[j]! += x!.data[i]! * dy!.data[k]!;
  });
  return dw;
};

/** Calls `visit(i, j, k)` for every product x[i]·w[j] that goes into y[k], all in public layouts. */
function eachProduct(g: Conv2dGeometry, visit: (i: number, j: number, k: number) => void): void {
  const channels = g.channels / g.groups;
  const filters = g.filters / g.groups;
  for (let n = 0; n < g.batch; n++)
    for (let f = 0; f < g.filters; f++)
      for (let oy = 0; oy < g.outHeight; oy++)
        for (let ox = 0; ox < g.outWidth; ox++) {
          const k = ((n * g.filters + f) * g.outHeight + oy) * g.outWidth + ox;
          for (let c = 0; c < channels; c++)
            for (let ky = 0; ky < g.kernelHeight; ky++)
              for (let kx = 0; kx < g.kernelWidth; kx++) {
                const iy = oy * g.strideHeight - g.padTop + ky * g.dilationHeight;
                const ix = ox * g.strideWidth - g.padLeft + kx * g.dilationWidth;
                if (iy < 0 || iy >= g.height || ix < 0 || ix >= g.width) continue;
                const channel = Math.floor(f / filters) * channels + c;
                const i = ((n * g.channels + channel) * g.height + iy) * g.width + ix;
                const j = ((f * channels + c) * g.kernelHeight + ky) * g.kernelWidth + kx;
                visit(i, j, k);
              }
        }
}
