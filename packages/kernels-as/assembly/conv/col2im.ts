import { add_f32, zero_f32 } from "./copy";
import { part_begin, Window } from "./geometry";

/**
 * The transpose of im2col: adds cols[p − begin][ky, kx, c] to dx where output pixel p's window offset (ky, kx) lies; drops what lies
 * outside.
 *
 * dx, cols: byte addresses of f32; dx NHWC; a row of cols has kernel_height · kernel_width · count values and is `ldc` elements
 * long. begin, end: output pixels, counted over the whole batch; only images of this thread's own, since windows overlap.
 */
export function col2im_f32_nhwc(
  dx: usize, cols: usize, w: Window, channel: u32, count: u32, ldc: u32, begin: u32, end: u32,
): void {
  if (begin >= end) return;
  const pixels = w.out_height * w.out_width;
  const step_x = <usize>w.dilation_width * w.channels << 2;
  let n = begin / pixels;
  let oy = (begin % pixels) / w.out_width;
  let ox = begin % w.out_width;
  for (let p = begin; p < end; p++) {
    const left = <i32>(ox * w.stride_width) - <i32>w.pad_left;
    let at = cols;
    for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
      const iy = <i32>(oy * w.stride_height + ky * w.dilation_height) - <i32>w.pad_top;
      if (iy >= 0 && iy < <i32>w.height) {
        let to = dx + (((<usize>n * w.height + iy) * w.width * w.channels + channel) << 2) + (<isize>left * w.channels << 2);
        let ix = left;
        let from = at;
        for (let kx: u32 = 0; kx < w.kernel_width; kx++) {
          if (ix >= 0 && ix < <i32>w.width) add_f32(to, from, count);
          from += <usize>count << 2;
          to += step_x;
          ix += w.dilation_width;
        }
      }
      at += <usize>w.kernel_width * count << 2;
    }
    cols += <usize>ldc << 2;
    if (++ox == w.out_width) {
      ox = 0;
      if (++oy == w.out_height) {
        oy = 0;
        n++;
      }
    }
  }
}

/** A thread's images, with all channels: dx is overwritten. */
export function col2im_share(dx: usize, cols: usize, w: Window, thread: u32, threads: u32): void {
  const pixels = w.out_height * w.out_width;
  const image = w.height * w.width * w.channels;
  const row = w.kernel_height * w.kernel_width * w.channels;
  const begin = part_begin(w.batch, thread, threads);
  const end = part_begin(w.batch, thread + 1, threads);
  zero_f32(dx + ((<usize>begin * image) << 2), (end - begin) * image);
  col2im_f32_nhwc(dx, cols + ((<usize>begin * pixels * row) << 2), w, 0, w.channels, row, begin * pixels, end * pixels);
}
