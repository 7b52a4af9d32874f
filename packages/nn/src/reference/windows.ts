import type { WindowGeometry } from "../graph/geometry.js";

/** Calls `visit(output, input, place in the window)` for every element of every window that lies inside its image, in public layouts. */
export function eachWindowElement(
  g: WindowGeometry,
  visit: (k: number, i: number, place: number) => void,
): void {
  for (let plane = 0; plane < g.batch * g.channels; plane++)
    for (let oy = 0; oy < g.outHeight; oy++)
      for (let ox = 0; ox < g.outWidth; ox++) {
        const k = (plane * g.outHeight + oy) * g.outWidth + ox;
        for (let ky = 0; ky < g.kernelHeight; ky++)
          for (let kx = 0; kx < g.kernelWidth; kx++) {
            const iy = oy * g.strideHeight - g.padTop + ky;
            const ix = ox * g.strideWidth - g.padLeft + kx;
            if (iy >= 0 && iy < g.height && ix >= 0 && ix < g.width)
              visit(k, (plane * g.height + iy) * g.width + ix, ky * g.kernelWidth + kx);
          }
      }
}
