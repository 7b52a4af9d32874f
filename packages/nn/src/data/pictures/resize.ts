import type { Picture } from "./picture.js";

/** For one pixel of the target: the first pixel of the source that counts, and how much it and those after it count, 1 in all. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * The picture in another size; its sides are stretched apart from each other. A side that shrinks takes the mean of the area that a pixel
 * covers, one that grows is interpolated linearly between the middles of pixels. + − × ÷ in float64 and one rounding: the same bytes on
 * every machine.
 */
export function resize(picture: Picture, height: number, width: number): Picture {
  if (picture.height === height && picture.width === width) return picture;
  const across = taps(picture.width, width);
  const down = taps(picture.height, height);
  const rgb = new Uint8Array(height * width * 3);
  // Rows of the source in the target's width, kept as long as a row of the target needs them.
  const narrowed = new Map<number, Float64Array>();
  const sum = new Float64Array(width * 3);
  for (let row = 0; row < height; row++) {
    const { first, weights } = down[row]!;
    for (const y of narrowed.keys()) if (y < first) narrowed.delete(y);
    sum.fill(0);
    for (const [k, weight] of weights.entries()) {
      const y = first + k;
      const line = narrowed.get(y) ?? narrow(picture, y, across);
      narrowed.set(y, line);
      for (let i = 0; i < sum.length; i++) sum[i]! += weight * line[i]!;
    }
    for (let i = 0; i < sum.length; i++) rgb[row * sum.length + i] = Math.floor(sum[i]! + 0.5);
  }
  return { width, height, rgb };
}

function narrow({ width, rgb }: Picture, y: number, across: readonly Taps[]): Float64Array {
  const line = new Float64Array(across.length * 3);
  for (const [column, { first, weights }] of across.entries()) {
    let at = 3 * (y * width + first);
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const weight of weights) {
      red += weight * rgb[at++]!;
      green += weight * rgb[at++]!;
      blue += weight * rgb[at++]!;
    }
    line.set([red, green, blue], 3 * column);
  }
  return line;
}

function taps(source: number, target: number): Taps[] {
  return Array.from({ length: target }, (_, i) =>
    target < source ? areaTaps(source, target, i) : linearTaps(source, target, i),
  );
}

/** Pixel i covers [i, i + 1) · source / target: the share of each pixel in it. Whole numbers until the division. */
function areaTaps(source: number, target: number, i: number): Taps {
  const begin = i * source;
  const end = begin + source;
  const first = Math.floor(begin / target);
  const last = Math.ceil(end / target);
  const weights = Array.from({ length: last - first }, (_, k) => {
    const from = Math.max(begin, (first + k) * target);
    const to = Math.min(end, (first + k + 1) * target);
    return (to - from) / source;
  });
  return { first, weights };
}

/** The middle of pixel i lies between the middles of two pixels of the source; beyond the outermost there is their value. */
function linearTaps(source: number, target: number, i: number): Taps {
  const at = ((2 * i + 1) * source - target) / (2 * target);
  const first = Math.min(Math.max(Math.floor(at), 0), source - 1);
  const share = Math.min(Math.max(at - first, 0), 1);
  return share === 0 || first + 1 === source
    ? { first, weights: [1] }
    : { first, weights: [1 - share, share] };
}

/** Red, green and blue planes, or one of grey (0.299, 0.587, 0.114 of them, rounded): [channels, height, width]. */
export function planes({ width, height, rgb }: Picture, channels: 1 | 3): Uint8Array {
  const pixels = width * height;
  const out = new Uint8Array(channels * pixels);
  for (let i = 0, at = 0; i < pixels; i++) {
    const red = rgb[at++]!;
    const green = rgb[at++]!;
    const blue = rgb[at++]!;
    if (channels === 1) out[i] = Math.floor((299 * red + 587 * green + 114 * blue) / 1000 + 0.5);
    else {
      out[i] = red;
      out[i + pixels] = green;
      out[i + 2 * pixels] = blue;
    }
  }
  return out;
}
