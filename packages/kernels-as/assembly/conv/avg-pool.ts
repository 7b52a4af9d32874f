// Average pooling, NHWC, and its gradient.
import { add_f32, zero_f32 } from "../math/copy";
import { Window } from "./geometry";

/** How many of a window's places along one side lie inside [0, size). */
function inside(start: i32, places: u32, dilation: u32, size: u32): u32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < places; k++) {
    const i = start + <i32>(k * dilation);
    if (i >= 0 && i < <i32>size) count++;
  }
  return count;
}

/** What a window's sum is divided by: all its places, or those inside x. */
function divisor(w: Window, include_padding: bool, top: i32, left: i32): u32 {
  if (include_padding) return w.kernel_height * w.kernel_width;
  const rows = inside(top, w.kernel_height, w.dilation_height, w.height);
  return rows * inside(left, w.kernel_width, w.dilation_width, w.width);
}

/**
 * y = the mean of x over each window. Padding counts as zeros when include_padding, else as absent; a window wholly outside gives 0.
 *
 * y, x: f32, NHWC. begin, end: output pixels over the whole batch.
 */
export function avg_pool2d_f32_nhwc(y: usize, x: usize, w: Window, include_padding: bool, begin: u32, end: u32): void {
  if (begin >= end) return;
  const C = w.channels;
  const pixels = w.out_height * w.out_width;
  let n = begin / pixels;
  let oy = (begin % pixels) / w.out_width;
  let ox = begin % w.out_width;
  for (let p = begin; p < end; p++) {
    const top = <i32>(oy * w.stride_height) - <i32>w.pad_top;
    const left = <i32>(ox * w.stride_width) - <i32>w.pad_left;
    const image = x + ((<usize>n * w.height * w.width * C) << 2);
    const to = y + ((<usize>p * C) << 2);
    zero_f32(to, C);
    for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
      const iy = top + <i32>(ky * w.dilation_height);
      if (iy < 0 || iy >= <i32>w.height) continue;
      for (let kx: u32 = 0; kx < w.kernel_width; kx++) {
        const ix = left + <i32>(kx * w.dilation_width);
        if (ix >= 0 && ix < <i32>w.width) add_f32(to, image + (((<usize>iy * w.width + ix) * C) << 2), C);
      }
    }
    const count = divisor(w, include_padding, top, left);
    if (count > 1) divide(to, <f32>count, C);
    if (++ox == w.out_width) {
      ox = 0;
      if (++oy == w.out_height) {
        oy = 0;
        n++;
      }
    }
  }
}

/** dx = dy / divisor, spread over each window and summed where windows overlap. Overwrites dx. begin, end: images. */
export function avg_pool2d_grad_f32_nhwc(
  dx: usize, dy: usize, w: Window, include_padding: bool, begin: u32, end: u32,
): void {
  const C = w.channels;
  const image = w.height * w.width * C;
  for (let n = begin; n < end; n++) {
    const to = dx + ((<usize>n * image) << 2);
    zero_f32(to, image);
    let from = dy + ((<usize>n * w.out_height * w.out_width * C) << 2);
    for (let oy: u32 = 0; oy < w.out_height; oy++) {
      const top = <i32>(oy * w.stride_height) - <i32>w.pad_top;
      for (let ox: u32 = 0; ox < w.out_width; ox++) {
        const left = <i32>(ox * w.stride_width) - <i32>w.pad_left;
        const count = <f32>max<u32>(1, divisor(w, include_padding, top, left));
        for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
          const iy = top + <i32>(ky * w.dilation_height);
          if (iy < 0 || iy >= <i32>w.height) continue;
          for (let kx: u32 = 0; kx < w.kernel_width; kx++) {
            const ix = left + <i32>(kx * w.dilation_width);
            if (ix >= 0 && ix < <i32>w.width) add_divided(to + (((<usize>iy * w.width + ix) * C) << 2), from, count, C);
          }
        }
        from += <usize>C << 2;
      }
    }
  }
}

/** x[i] /= by for i < n. */
function divide(x: usize, by: f32, n: u32): void {
  const all = f32x4.splat(by);
  let i: usize = 0;
  for (const stop = (<usize>n << 2) & ~15; i < stop; i += 16) v128.store(x + i, f32x4.div(v128.load(x + i), all));
  for (const stop = <usize>n << 2; i < stop; i += 4) f32.store(x + i, f32.load(x + i) / by);
}

/** to[i] += from[i] / by for i < n. */
function add_divided(to: usize, from: usize, by: f32, n: u32): void {
  const all = f32x4.splat(by);
  let i: usize = 0;
  for (const stop = (<usize>n << 2) & ~15; i < stop; i += 16) {
    v128.store(to + i, f32x4.add(v128.load(to + i), f32x4.div(v128.load(from + i), all)));
  }
  for (const stop = <usize>n << 2; i < stop; i += 4) f32.store(to + i, f32.load(to + i) + f32.load(from + i) / by);
}
