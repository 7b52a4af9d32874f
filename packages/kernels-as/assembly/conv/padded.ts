// An image with its padding, for a 3x3 window that steps by one: a row or column more than the outputs on either side.
import { copy_f32, zero_f32 } from "../math/copy";
import { Geometry } from "./geometry";

/** Elements from row to row. */
// @ts-ignore: decorator
@inline
export function padded_pitch(w: Geometry): u32 {
  return (w.out_width + 2) * w.channels;
}

/** Copies image n with its padding: row iy of `to` is row iy − pad_top of x. */
export function pad_image(to: usize, x: usize, w: Geometry, n: u32): void {
  const pitch = padded_pitch(w);
  const row = w.width * w.channels;
  // An output that is smaller than the window allows sees only a part of the image.
  const first = min(w.pad_left * w.channels, pitch);
  const count = min(row, pitch - first);
  x += (<usize>n * w.height * row) << 2;
  for (let i: u32 = 0; i < w.out_height + 2; i++) {
    if (i - w.pad_top >= w.height) zero_f32(to, pitch);
    else {
      zero_f32(to, first);
      copy_f32(to + (<usize>first << 2), x, count);
      zero_f32(to + (<usize>(first + count) << 2), pitch - first - count);
      x += <usize>row << 2;
    }
    to += <usize>pitch << 2;
  }
}

/** Image n of dx, from its twin with padding; 0 where no window looks. */
export function unpad_image(dx: usize, from: usize, w: Geometry, n: u32): void {
  const pitch = padded_pitch(w);
  const row = w.width * w.channels;
  const first = min(w.pad_left * w.channels, pitch);
  const count = min(row, pitch - first);
  dx += (<usize>n * w.height * row) << 2;
  from += <usize>(pitch * w.pad_top + first) << 2;
  for (let i: u32 = 0; i < w.height; i++) {
    const seen: u32 = i + w.pad_top < w.out_height + 2 ? count : 0;
    copy_f32(dx, from, seen);
    zero_f32(dx + (<usize>seen << 2), row - seen);
    dx += <usize>row << 2;
    from += <usize>pitch << 2;
  }
}
