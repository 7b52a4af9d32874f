// Which taps of a kernel's side meet something, for each place along a side of what is computed: a row of evenly spaced taps and of the places that
// they meet, worked out once a call instead of once a pixel.
import { WALK_BYTES } from "./constants";

/** Taps tap, tap + tap_step, … , `count` of them, meet the places from, from + step, … */
@unmanaged
export class Walk {
  tap: u32;
  tap_step: u32;
  count: u32;
  from: i32;
  step: i32;
}

// @ts-ignore: decorator
@inline
export function walk_at(walks: usize, place: u32): Walk {
  return changetype<Walk>(walks + WALK_BYTES * place);
}

/** Of `places` outputs over `size` inputs; with `back`, of `places` inputs and the `size` outputs whose windows lie over them. */
export function list_walks(
  walks: usize, places: u32, size: u32, kernel: u32, stride: u32, dilation: u32, pad: u32, back: bool,
): void {
  for (let place: u32 = 0; place < places; place++) {
    const walk = walk_at(walks, place);
    walk.count = 0;
    walk.tap = 0;
    walk.tap_step = 0;
    walk.from = 0;
    walk.step = 0;
    for (let tap: u32 = 0; tap < kernel; tap++) {
      let meets = back ? <i32>(place + pad - tap * dilation) : <i32>(place * stride + tap * dilation - pad);
      if (meets < 0) continue;
      if (back) {
        if (<u32>meets % stride != 0) continue;
        meets = <i32>(<u32>meets / stride);
      }
      if (<u32>meets >= size) continue;
      if (walk.count == 0) {
        walk.tap = tap;
        walk.from = meets;
      } else if (walk.count == 1) {
        walk.tap_step = tap - walk.tap;
        walk.step = meets - walk.from;
      }
      walk.count++;
    }
  }
}
