// Convolution of one channel with a 3x3 kernel, stride 1, filters a multiple of 8: nine products an output are too few for a matrix
// product to pay, so the window's kernels keep everything in registers (window.gen.ts). The first layer of a network on grey images.
import { barrier } from "../threads/barrier";
import { NEAR_BYTES, TAPS } from "./constants";
import { add_f32, copy_f32, zero_f32 } from "../math/copy";
import { batch_parts, Geometry, lines, part_begin } from "./geometry";
import { pack_panel } from "./multiply";
import { pad_image, padded_pitch } from "./padded";
import { pool_four } from "./pooled";
import { window_3x3_2x16, window_3x3_4x8, window_3x3_grad_4, window_3x3_pool_grad_4 } from "./window.gen";

// @ts-ignore: decorator
@inline
function image_bytes(w: Geometry): usize {
  return lines(<usize>(padded_pitch(w) * (w.out_height + 2)) << 2);
}

/**
 * y = act(conv(x, weights) + bias), or, when argmax is not 0, its 2x2 pooling after ReLU and argmax (see pooled.ts).
 * x [batch, height, width, 1], weights [3, 3, 1, filters]; out_width >= 4. bias: 0 for none; floor: 0 for ReLU, −∞ for none.
 */
export function conv2d_window_f32(
  y: usize, argmax: usize, x: usize, weights: usize, bias: usize, w: Geometry, floor: f32, scratch: usize, thread: u32, threads: u32,
): void {
  const F = w.filters;
  const row_y = <usize>F << 2;
  const pitch = <usize>padded_pitch(w) << 2;
  const panel_bytes: usize = TAPS << 5;
  const panels = F >> 3;
  // Each thread packs its own copy of the few weights: less than a barrier would cost.
  const packed = scratch + (image_bytes(w) + lines(panel_bytes * panels) + lines(row_y) + row_bytes(w, argmax != 0)) * thread;
  const nothing = packed + lines(panel_bytes * panels);
  const image = nothing + lines(row_y);
  const upper = image + image_bytes(w);
  for (let panel: u32 = 0; panel < panels; panel++) {
    pack_panel(packed + panel_bytes * panel, weights + (<usize>panel << 5), F, TAPS, 8);
  }
  zero_f32(nothing, F);
  if (bias == 0) bias = nothing;
  const width = w.out_width >> 1;
  const lower = upper + row_y * (width << 1);
  for (let n = part_begin(w.batch, thread, threads), end = part_begin(w.batch, thread + 1, threads); n < end; n++) {
    pad_image(image, x, w, n);
    if (argmax == 0) {
      for (let oy: u32 = 0; oy < w.out_height; oy++) {
        const at = row_y * (<usize>n * w.out_height + oy) * w.out_width;
        window_row(y + at, row_y, image + pitch * oy, pitch, packed, bias, F, w.out_width, floor);
      }
    } else {
      for (let oy: u32 = 0; oy < w.out_height >> 1; oy++) {
        const from = image + pitch * 2 * oy;
        window_row(upper, row_y, from, pitch, packed, bias, F, width << 1, -Infinity);
        window_row(lower, row_y, from + pitch, pitch, packed, bias, F, width << 1, -Infinity);
        const at = (<usize>n * (w.out_height >> 1) + oy) * width * F;
        pool_rows(y + (at << 2), argmax + at, upper, lower, F, width);
      }
    }
  }
}

/** Bytes of the two rows of the convolution's output that are pooled while they are near. */
// @ts-ignore: decorator
@inline
function row_bytes(w: Geometry, pooled: bool): usize {
  return pooled ? lines(<usize>(w.out_width & ~1) * w.filters << 3) : 0;
}

/** `pixels` pooled pixels of the row of windows whose values lie in two rows of a convolution's output; filters are a multiple of 4. */
function pool_rows(y: usize, argmax: usize, upper: usize, lower: usize, filters: u32, pixels: u32): void {
  const right = <usize>filters << 2;
  for (; pixels > 0; pixels--) {
    for (let f: u32 = 0; f < filters; f += 4) {
      pool_four(y, argmax, v128.load(upper), v128.load(upper + right), v128.load(lower), v128.load(lower + right));
      y += 16;
      argmax += 4;
      upper += 16;
      lower += 16;
    }
    upper += right;
    lower += right;
  }
}

/** A row of y: sixteen filters at a time, then perhaps eight. The last tile may lie over the one before: both get the same bits. */
function window_row(
  y: usize, row_y: usize, x: usize, pitch: usize, packed: usize, bias: usize, F: u32, width: u32, floor: f32,
): void {
  for (let f: usize = 0; f < F; ) {
    const wide = f + 16 <= F;
    const pixels: u32 = wide ? 2 : 4;
    const panel = packed + <usize>(TAPS << 2) * f;
    const rest = width - pixels;
    window_tiles(wide, y, row_y, x, pitch, panel, bias + (f << 2), floor, width / pixels);
    if (width % pixels) window_tiles(wide, y + row_y * rest, row_y, x + (<usize>rest << 2), pitch, panel, bias + (f << 2), floor, 1);
    f += wide ? 16 : 8;
    y += wide ? 64 : 32;
  }
}

// @ts-ignore: decorator
@inline
function window_tiles(
  wide: bool, y: usize, row_y: usize, x: usize, pitch: usize, panel: usize, bias: usize, floor: f32, tiles: u32,
): void {
  if (wide) window_3x3_2x16(y, row_y, x, pitch, panel, bias, floor, tiles);
  else window_3x3_4x8(y, row_y, x, pitch, panel, bias, floor, tiles);
}

/**
 * dw, db (0: not wanted) from dy, the gradient of conv's output or, when argmax is not 0, of the pooled output. The batch is summed in
 * parts, which are added in order.
 */
export function conv2d_kernel_grad_window_f32(
  dw: usize, db: usize, x: usize, dy: usize, argmax: usize, w: Geometry, scratch: usize, thread: u32, threads: u32,
): void {
  const F = w.filters;
  const row = <usize>F << 2;
  // A part: dw [9][filters], then db [filters].
  const part_bytes = lines(row * (TAPS + 1));
  const parts = batch_parts(w.batch, <u32>part_bytes);
  const pooled = argmax != 0;
  const image = scratch + part_bytes * parts + (image_bytes(w) + corner_bytes(w)) * thread;
  const corners = image + image_bytes(w);
  const pixels = pooled ? (w.out_height >> 1) * (w.out_width >> 1) : w.out_height * w.out_width;
  const pitch = <usize>padded_pitch(w) << 2;
  for (let i = part_begin(parts, thread, threads), last = part_begin(parts, thread + 1, threads); i < last; i++) {
    const part = scratch + part_bytes * i;
    const part_db = part + row * TAPS;
    zero_f32(part, <u32>(part_bytes >> 2));
    for (let n = part_begin(w.batch, i, parts), stop = part_begin(w.batch, i + 1, parts); n < stop; n++) {
      pad_image(image, x, w, n);
      const values = <usize>n * pixels * F;
      const from = dy + (values << 2);
      if (pooled) {
        const width = w.out_width >> 1;
        const few = corner_rows(w);
        for (let oy: u32 = 0; oy < w.out_height >> 1; oy += few) {
          const rows = min(few, (w.out_height >> 1) - oy);
          const at = <usize>oy * width * F;
          gather_corners(corners, image + pitch * 2 * oy, w, rows);
          for (let f: usize = 0; f < F; f += 4) {
            window_3x3_pool_grad_4(
              part + (f << 2), row, part_db + (f << 2), corners, from + ((at + f) << 2), argmax + values + at + f, F, rows * width,
            );
          }
        }
      } else {
        // A few rows at a time, so that the lines of dy are in the nearest cache for all filters.
        const few = max<u32>(1, NEAR_BYTES / (w.out_width * F * 4));
        for (let oy: u32 = 0; oy < w.out_height; oy += few) {
          const rows = from + <usize>oy * w.out_width * row;
          for (let f: usize = 0; f < row; f += 16) {
            window_3x3_grad_4(
              part + f, row, part_db + f, image + pitch * oy, pitch, rows + f, row, min(few, w.out_height - oy), w.out_width,
            );
          }
        }
      }
    }
  }
  barrier(threads);
  if (thread != 0) return;
  copy_f32(dw, scratch, F * TAPS);
  if (db != 0) copy_f32(db, scratch + row * TAPS, F);
  for (let i: u32 = 1; i < parts; i++) {
    add_f32(dw, scratch + part_bytes * i, F * TAPS);
    if (db != 0) add_f32(db, scratch + part_bytes * i + row * TAPS, F);
  }
}

/** Pooled rows whose corners are gathered at once, so that they stay in the nearest cache for all filters. */
// @ts-ignore: decorator
@inline
function corner_rows(w: Geometry): u32 {
  return max<u32>(1, NEAR_BYTES / (max<u32>(1, w.out_width >> 1) * (TAPS << 4)));
}

// @ts-ignore: decorator
@inline
function corner_bytes(w: Geometry): usize {
  return lines(<usize>(corner_rows(w) * (w.out_width >> 1)) * (TAPS << 4));
}

/** corners[pooled pixel][tap] = the four inputs that meet the tap when the pixel's maximum is at place 0, 1, 2, 3; for `rows` pooled rows. */
function gather_corners(corners: usize, image: usize, w: Geometry, rows: u32): void {
  const pitch = <usize>padded_pitch(w) << 2;
  for (let oy: u32 = 0; oy < rows; oy++) {
    let at = image + pitch * 2 * oy;
    for (let ox: u32 = 0; ox < w.out_width >> 1; ox++) {
      let upper = v128.load(at);
      for (let ky: usize = 0; ky < 3; ky++) {
        const lower = v128.load(at + pitch * (ky + 1));
        v128.store(corners, v128.shuffle<f32>(upper, lower, 0, 1, 4, 5));
        v128.store(corners, v128.shuffle<f32>(upper, lower, 1, 2, 5, 6), 16);
        v128.store(corners, v128.shuffle<f32>(upper, lower, 2, 3, 6, 7), 32);
        corners += 48;
        upper = lower;
      }
      at += 8;
    }
  }
}
