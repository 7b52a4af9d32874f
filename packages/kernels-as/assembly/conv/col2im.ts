import { add_f32, zero_f32 } from "../math/copy";
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
  const pixel_x = <usize>w.channels << 2;
  const step_x = pixel_x * w.dilation_width;
  const step_y = pixel_x * w.width * w.dilation_height;
  const pixels = w.out_height * w.out_width;
  const run = w.kernel_width * count;
  const whole = w.dilation_width == 1 && count == w.channels;
  const reach = (w.kernel_width - 1) * w.dilation_width;
  dx += <usize>channel << 2;
  let n = begin / pixels;
  let oy = (begin % pixels) / w.out_width;
  let ox = begin % w.out_width;
  for (let p = begin; p < end; ) {
    const top = <i32>(oy * w.stride_height) - <i32>w.pad_top;
    let left = <i32>(ox * w.stride_width) - <i32>w.pad_left;
    // May point before dx; only pixels inside are touched.
    let corner = dx + pixel_x * (w.width * (n * w.height + top) + left);
    for (const stop = min(end, p + w.out_width - ox); p < stop; p++) {
      const inside = left >= 0 && left + <i32>reach < <i32>w.width;
      let from = cols;
      let to = corner;
      let iy = top;
      for (let ky: u32 = 0; ky < w.kernel_height; ky++) {
        if (<u32>iy < w.height) {
          if (inside && whole) add_f32(to, from, run);
          else {
            let ix = left;
            let one = from;
            let at = to;
            for (let kx: u32 = 0; kx < w.kernel_width; kx++) {
              if (<u32>ix < w.width) add_f32(at, one, count);
              one += <usize>count << 2;
              at += step_x;
              ix += w.dilation_width;
            }
          }
        }
        from += <usize>run << 2;
        to += step_y;
        iy += w.dilation_height;
      }
      cols += <usize>ldc << 2;
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
