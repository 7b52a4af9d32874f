import { FRACTION, fit, type Int8Plan, type Int8Step, type Scale } from "./int8-plan.js";
import type { Window } from "./steps.js";

/** What the plan makes of one scaled sample, before its tail: to the bit what the C does. `sizes` are those of the values. */
export function runInt8(
  { steps, input, output, last }: Int8Plan,
  sizes: readonly number[],
  x: Float32Array,
): Float32Array {
  const values = new Map([[0, quantize(x, input)]]);
  for (const step of steps) {
    const y = new Int8Array(sizes[step.output]!);
    runStep(
      step,
      step.inputs.map((value) => values.get(value)!),
      y,
    );
    values.set(step.output, y);
  }
  return Float32Array.from(values.get(last)!, (q) => (q - output.zero) * output.scale);
}

/** In the arithmetic of float32, as in C. */
function quantize(x: Float32Array, { scale, zero }: Scale): Int8Array {
  const inverse = Math.fround(1 / scale);
  return Int8Array.from(x, (value) =>
    fit(Math.floor(Math.fround(Math.fround(value * inverse) + zero + 0.5))),
  );
}

function runStep(step: Int8Step, xs: readonly Int8Array[], y: Int8Array): void {
  const [x] = xs as [Int8Array];
  switch (step.kind) {
    case "conv":
      convolve(step, x, y);
      return;
    case "maximum":
    case "mean":
      pool(step, x, y);
      return;
    case "table":
      for (let i = 0; i < y.length; i++) y[i] = step.table[x[i]! + 128]!;
      return;
    case "add": {
      const { factors, from, to } = step;
      for (let i = 0; i < y.length; i++) {
        let sum = 2 ** (FRACTION - 1);
        for (let k = 0; k < xs.length; k++) sum += (xs[k]![i]! - from[k]!) * factors[k]!;
        y[i] = fit(Math.floor(sum / 2 ** FRACTION) + to);
      }
      return;
    }
    case "concatenate": {
      const row = step.inner.reduce((sum, size) => sum + size, 0);
      let before = 0;
      step.inner.forEach((size, part) => {
        for (let i = 0; i < step.outer * size; i++)
          y[Math.floor(i / size) * row + before + (i % size)] = step.tables[part]![xs[part]![i]! + 128]!;
        before += size;
      });
      return;
    }
    case "permute": {
      const { sides, strides } = step;
      for (let i = 0; i < y.length; i++) {
        let [rest, at] = [i, 0];
        for (let axis = sides.length - 1; axis >= 0; axis--) {
          at += (rest % sides[axis]!) * strides[axis]!;
          rest = Math.floor(rest / sides[axis]!);
        }
        y[i] = x[at]!;
      }
      return;
    }
    case "pad": {
      const { channels, height, width, pads, zero } = step;
      const [top, bottom, left, right] = pads as [number, number, number, number];
      const [rows, columns] = [top + height + bottom, left + width + right];
      y.fill(zero);
      for (let c = 0; c < channels; c++)
        for (let i = 0; i < height; i++)
          y.set(
            x.subarray((c * height + i) * width, (c * height + i + 1) * width),
            (c * rows + i + top) * columns + left,
          );
    }
  }
}

const apart = (g: Window, channels: number, pixels: number) =>
  g.channelsLast ? { channel: 1, pixel: channels } : { channel: pixels, pixel: 1 };

/** Whole sums have no order, so that rows of outputs can be added to at once. */
function convolve(step: Extract<Int8Step, { kind: "conv" }>, x: Int8Array, y: Int8Array): void {
  const { window: g, weights, bias, multiplier, shift, from, to } = step;
  const [each, filters] = [g.channels / g.groups, g.filters / g.groups];
  const [kh, kw] = g.kernel;
  const inside = apart(g, g.channels, g.height * g.width);
  const outside = apart(g, g.filters, g.outHeight * g.outWidth);
  const sums = new Int32Array(g.outHeight * g.outWidth);
  for (let f = 0; f < g.filters; f++) {
    sums.fill(bias[f]!);
    for (let c = 0; c < each; c++) {
      const base = (Math.floor(f / filters) * each + c) * inside.channel;
      for (let u = 0; u < kh; u++)
        for (let v = 0; v < kw; v++) {
          const w = weights[((f * each + c) * kh + u) * kw + v]!;
          if (w === 0) continue;
          for (let i = 0; i < g.outHeight; i++) {
            const row = i * g.stride[0] - g.top + u * g.dilation[0];
            if (row < 0 || row >= g.height) continue;
            for (let j = 0; j < g.outWidth; j++) {
              const column = j * g.stride[1] - g.left + v * g.dilation[1];
              if (column < 0 || column >= g.width) continue;
              sums[i * g.outWidth + j]! += (x[base + (row * g.width + column) * inside.pixel]! - from) * w;
            }
          }
        }
    }
    for (let p = 0; p < sums.length; p++)
      y[f * outside.channel + p * outside.pixel] = fit(rescaled(sums[p]!, multiplier[f]!, shift[f]!) + to);
  }
}

/** ⌊(sum·multiplier + 2^(shift − 1)) / 2^shift⌋, exactly: the product has up to 62 bits, and goes in two parts through float64. */
export function rescaled(sum: number, multiplier: number, shift: number): number {
  const high = sum * Math.floor(multiplier / 2 ** 16);
  const low = Math.floor((sum * (multiplier % 2 ** 16)) / 2 ** 16);
  return Math.floor((high + low + 2 ** (shift - 17)) / 2 ** (shift - 16));
}

function pool(step: Extract<Int8Step, { kind: "maximum" | "mean" }>, x: Int8Array, y: Int8Array): void {
  const { window: g } = step;
  const inside = apart(g, g.channels, g.height * g.width);
  const outside = apart(g, g.channels, g.outHeight * g.outWidth);
  for (let c = 0; c < g.channels; c++)
    for (let i = 0; i < g.outHeight; i++)
      for (let j = 0; j < g.outWidth; j++) {
        let [sum, most, count] = [0, -128, 0];
        for (let u = 0; u < g.kernel[0]; u++)
          for (let v = 0; v < g.kernel[1]; v++) {
            const [row, column] = [i * g.stride[0] - g.top + u, j * g.stride[1] - g.left + v];
            if (row < 0 || row >= g.height || column < 0 || column >= g.width) continue;
            const value = x[c * inside.channel + (row * g.width + column) * inside.pixel]!;
            if (value > most) most = value;
            sum += value;
            count++;
          }
        const at = c * outside.channel + (i * g.outWidth + j) * outside.pixel;
        if (step.kind === "maximum") {
          y[at] = most;
          continue;
        }
        const n = step.whole || count;
        const twice = 2 * (sum - count * step.from) * step.factor;
        y[at] = fit(floorDivide(twice + n * 2 ** FRACTION, n * 2 ** (FRACTION + 1)) + step.to);
      }
}

/** ⌊a / b⌋ of whole numbers below 2^53, whose quotient float64 may round up to a whole number. */
function floorDivide(a: number, b: number): number {
  const quotient = Math.floor(a / b);
  return quotient * b > a ? quotient - 1 : quotient;
}
