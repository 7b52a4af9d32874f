import { share_begin, share_end } from "../program/arguments";
import { copy_f32, copy_run_f32, zero_f32 } from "../math/copy";
import { Window } from "./geometry";

/**
 * cols[p − begin][ky, kx, c] = x at window offset (ky, kx) of output pixel p, channels [channel, channel + count); zero outside x.
 *
 * cols, x: byte addresses of f32; x NHWC, cols [end − begin, kernel_height · kernel_width · count].
 * begin, end: output pixels, counted over the whole batch, row by row.
 */
export function im2col_f32_nhwc(
  cols: usize, x: usize, w: Window, channel: u32, count: u32, begin: u32, end: u32,
): void {
  if (begin >= end) return;
  const line = <usize>count << 2;
  const pixel_x = <usize>w.channels << 2;
  const step_x = pixel_x * w.dilation_width;
  const step_y = pixel_x * w.width * w.dilation_height;
  const pixels = w.out_height * w.out_width;
  const run = w.kernel_width * count;
  const whole = w.dilation_width == 1 && count == w.channels;
  const reach = (w.kernel_width - 1) * w.dilation_width;
  x += <usize>channel << 2;
  let n = begin / pixels;
  let oy = (begin % pixels) / w.out_width;
  let ox = begin % w.out_width;
  for (let p = begin; p < end; ) {
    const top = <i32>(oy * w.stride_height) - <i32>w.pad_top;
    let left = <i32>(ox * w.stride_width) - <i32>w.pad_left;
    // May point before x; only pixels inside are read.
    let corner = x + pixel_x * (w.width * (n * w.height + top) + left);
    for (const stop = min(end, p + w.out_width - ox); p < stop; p++) {
      const inside = left >= 0 && left + <i32>reach < <i32>w.width;
      let from = corner;
      let iy = top;
      for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
        if (<u32>iy >= w.height) {
          zero_f32(cols, run);
          cols += <usize>run << 2;
        } else if (inside && whole) {
          copy_run_f32(cols, from, run);
          cols += <usize>run << 2;
        } else {
          let ix = left;
          let at = from;
          for (let kx: u32 = 0; kx < w.kernel_width; kx++) {
            if (<u32>ix >= w.width) zero_f32(cols, count);
            else copy_f32(cols, at, count);
            cols += line;
            at += step_x;
            ix += w.dilation_width;
          }
        }
        from += step_y;
        iy += w.dilation_height;
      }
      left += w.stride_width;
      corner += pixel_x * w.stride_width;
    }
    ox = 0;
    if (++oy == w.out_height) {
      oy = 0;
      n++;
    }
  }
}

/** A thread's share of all output pixels, with all channels: cols [pixels, kernel_height · kernel_width · channels]. */
export function im2col_share(cols: usize, x: usize, w: Window, thread: u32, threads: u32): void {
  const pixels = w.batch * w.out_height * w.out_width;
  const begin = share_begin(pixels, 1, thread, threads);
  const row = w.kernel_height * w.kernel_width * w.channels;
  im2col_f32_nhwc(cols + ((<usize>begin * row) << 2), x, w, 0, w.channels, begin, share_end(pixels, 1, thread, threads));
}
