// Random geometry for ops with a window.
import fc from "fast-check";
import type { ConvGeometry, WindowGeometry } from "../../src/instructions/conv.js";

/** A window along one side of an image; `before`: the pad on top or at the left. */
export interface Side {
  readonly size: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** The window whose sides are `v`, from top to bottom, and `h`. */
export function windowOf(window: { batch: number; channels: number; v: Side; h: Side }): WindowGeometry {
  const { batch, channels, v, h } = window;
  return {
    batch,
    height: v.size,
    width: h.size,
    channels,
    outHeight: v.out,
    outWidth: h.out,
    kernelHeight: v.kernel,
    kernelWidth: h.kernel,
    strideHeight: v.stride,
    strideWidth: h.stride,
    padTop: v.before,
    padLeft: h.before,
    dilationHeight: v.dilation,
    dilationWidth: h.dilation,
  };
}

const side = fc
  .record({
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.integer({ min: 0, max: 3 }),
    after: fc.integer({ min: 0, max: 3 }),
    more: fc.integer({ min: 0, max: 9 }),
  })
  .map((s) => {
    const reach = (s.kernel - 1) * s.dilation + 1;
    const size = Math.max(1, reach - s.before - s.after) + s.more;
    const out = Math.floor((size + s.before + s.after - reach) / s.stride) + 1;
    return { ...s, size, out };
  });

/** Sides from 1 on, strides and dilations 1 to 3, pads that differ on all four sides. */
export const windowGeometry: fc.Arbitrary<WindowGeometry> = fc
  .record({
    batch: fc.integer({ min: 1, max: 11 }),
    channels: fc.oneof(fc.integer({ min: 1, max: 19 }), fc.constantFrom(3, 4, 8, 31)),
    v: side,
    h: side,
  })
  .map(windowOf);

/** With one to three groups. */
export const convGeometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    window: windowGeometry,
    groups: fc.constantFrom(1, 1, 2, 3),
    channels: fc.integer({ min: 1, max: 9 }),
    filters: fc.oneof(fc.integer({ min: 1, max: 17 }), fc.constantFrom(7, 8, 9)),
  })
  .map(({ window, groups, channels, filters }) => ({
    ...window,
    batch: Math.min(window.batch, 9),
    channels: channels * groups,
    filters: filters * groups,
    groups,
  }));

/** The geometry of a 3x3 convolution with stride 1; pads: top, bottom, left, right, taken larger where x is too small. */
export function convShape(size: {
  batch: number;
  height: number;
  width: number;
  channels: number;
  filters: number;
  pads: readonly number[];
}): ConvGeometry {
  const { batch, height, width, channels, filters } = size;
  const [top, bottom, left, right] = size.pads as [number, number, number, number];
  const side = (size: number, before: number, after: number) => ({
    ...{ size, out: size + before + after - 2, before },
    ...{ kernel: 3, stride: 1, dilation: 1 },
  });
  const window = { batch, channels, v: side(height, top, bottom), h: side(width, left, right) };
  return { ...windowOf(window), filters, groups: 1 };
}

/**
 * ReLU and 2x2 pooling of a convolution's output in float64: y; `chosen`, the value at the place that argmax names (0 for the place 4);
 * and dy, spread over the convolution's output as argmax says.
 */
export function pooledReference(
  conv: Float64Array,
  argmax: Uint8Array,
  dPooled: Float32Array,
  g: ConvGeometry,
) {
  const height = g.outHeight >> 1;
  const width = g.outWidth >> 1;
  const y = new Float64Array(argmax.length);
  const chosen = new Float64Array(argmax.length);
  const dy = new Float64Array(conv.length);
  for (let i = 0; i < argmax.length; i++) {
    const f = i % g.filters;
    const px = Math.floor(i / g.filters) % width;
    const py = Math.floor(i / g.filters / width) % height;
    const n = Math.floor(i / g.filters / width / height);
    const at = (place: number) =>
      ((n * g.outHeight + 2 * py + (place >> 1)) * g.outWidth + 2 * px + (place & 1)) * g.filters + f;
    y[i] = Math.max(0, ...[0, 1, 2, 3].map((place) => conv[at(place)]!));
    if (argmax[i]! < 4) {
      chosen[i] = conv[at(argmax[i]!)]!;
      dy[at(argmax[i]!)] = dPooled[i]!;
    }
  }
  return { y, chosen, dy };
}
