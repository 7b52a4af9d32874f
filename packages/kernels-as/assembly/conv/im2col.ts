import { share_begin, share_end } from "../program/arguments";
import { copy_f32, zero_f32 } from "./copy";
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
  const step_x = <usize>w.dilation_width * w.channels << 2;
  const pixels = w.out_height * w.out_width;
  const run = w.kernel_width * count;
  const whole = w.dilation_width == 1 && count == w.channels;
  let n = begin / pixels;
  let oy = (begin % pixels) / w.out_width;
  let ox = begin % w.out_width;
  for (let p = begin; p < end; p++) {
    const left = <i32>(ox * w.stride_width) - <i32>w.pad_left;
    const right = left + <i32>((w.kernel_width - 1) * w.dilation_width);
    const inside = left >= 0 && right < <i32>w.width;
    for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
      const iy = <i32>(oy * w.stride_height + ky * w.dilation_height) - <i32>w.pad_top;
      if (iy < 0 || iy >= <i32>w.height) {
        zero_f32(cols, run);
        cols += <usize>run << 2;
        continue;
      }
      // May point before x; only pixels inside are read.
      let from = x + (((<usize>n * w.height + iy) * w.width * w.channels + channel) << 2) + (<isize>left * w.channels << 2);
      if (inside && whole) {
        copy_f32(cols, from, run);
        cols += <usize>run << 2;
        continue;
      }
      let ix = left;
      for (let kx: u32 = 0; kx < w.kernel_width; kx++) {
        if (ix < 0 || ix >= <i32>w.width) zero_f32(cols, count);
        else copy_f32(cols, from, count);
        cols += line;
        from += step_x;
        ix += w.dilation_width;
      }
    }
    if (++ox == w.out_width) {
      ox = 0;
      if (++oy == w.out_height) {
        oy = 0;
        n++;
      }
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
