// The gradients of conv2d_relu_pool with a 3x3 kernel, stride 1, from dY as sparse as the pool leaves it; channels and filters are
// multiples of 4.
//
// Of a window's four outputs the pool lets one through, or none: the products that are not zero are fewer than Winograd's and need no
// transforms. A row of three taps meets 3·channels numbers side by side in an image; they are summed 32 at a time (a block, padded with
// zeros) over lists of what flows (pool-lists.ts):
//
//   dw[ky][block][f] += Σ dy·x[place + ky][block]         over the filter's list
//   dx[place + ky][block] += Σ dy·w[ky][block][f]         over the place's list
import { share_begin, share_end } from "../program/arguments";
import { barrier } from "../threads/barrier";
import { PLACES, ROW } from "./constants";
import { add_f32, copy_f32 } from "../math/copy";
import { batch_parts, Geometry, lines, part_begin } from "./geometry";
import { pad_image, padded_pitch, unpad_image } from "./padded";
import { band_rows, begins_at, bounds_at, ends_at, list_gradients, lists_bytes } from "./pool-lists";
import { DEAD, places_of } from "./pooled";
import { add_rows } from "./sparse-rows";

/** Blocks of a row of taps. */
// @ts-ignore: decorator
@inline
function blocks_of(w: Geometry): u32 {
  return (3 * w.channels + 31) >> 5;
}

/** Bytes of an image with its padding, and of what the last block reads beyond it. */
// @ts-ignore: decorator
@inline
function image_bytes(w: Geometry): usize {
  return lines(((<usize>(w.out_height + 2) * padded_pitch(w)) << 2) + ROW);
}

/**
 * The gradients that are wanted (0: not) from dy, the gradient of the pooled output, and argmax (pooled.ts). The batch is cut into
 * `batch_parts` parts whose kernel gradients are added in order; when only dx is wanted, the images are dealt out.
 */
export function conv2d_pool_grad_f32(
  dx: usize, dw: usize, db: usize, x: usize, dy: usize, argmax: usize, weights: usize, w: Geometry, scratch: usize, thread: u32,
  threads: u32,
): void {
  const F = w.filters;
  const blocks: u32 = 3 * blocks_of(w);
  const block_bytes = ROW * F;
  const kernel_bytes = block_bytes * blocks;
  const sums = dw != 0 || db != 0;
  const part_bytes = lines(kernel_bytes + (<usize>F << 2));
  const parts = sums ? batch_parts(w.batch, <u32>part_bytes) : threads;
  const sums_at = scratch + kernel_bytes;
  const X = sums_at + (sums ? part_bytes * parts : 0) + (2 * image_bytes(w) + lists_bytes(w)) * thread;
  const D = X + image_bytes(w);
  const lists = D + image_bytes(w);
  const first = share_begin(blocks, 1, thread, threads);
  const last = share_end(blocks, 1, thread, threads);
  if (dx != 0) {
    for (let b = first; b < last; b++) kernel_to_block(scratch + block_bytes * b, weights, w, b);
  }
  barrier(threads);

  const height = w.out_height >> 1;
  const width = w.out_width >> 1;
  const line = <usize>w.channels << 2;
  const pitch = <usize>padded_pitch(w) << 2;
  const most = band_rows(w);
  for (let part = part_begin(parts, thread, threads), end = part_begin(parts, thread + 1, threads); part < end; part++) {
    const sum = sums_at + part_bytes * part;
    if (sums) memory.fill(sum, 0, part_bytes);
    for (let n = part_begin(w.batch, part, parts), stop = part_begin(w.batch, part + 1, parts); n < stop; n++) {
      if (dw != 0) pad_image(X, x, w, n);
      if (dx != 0) memory.fill(D, 0, image_bytes(w));
      for (let oy: u32 = 0; oy < height; oy += most) {
        const rows = min(most, height - oy);
        const from = <usize>(n * height + oy) * width * F;
        list_gradients(lists, dy + (from << 2), argmax + from, w, rows, line, pitch);
        if (sums) add_bias(sum + kernel_bytes, dy + (from << 2), argmax + from, F, rows * width);
        for (let b: u32 = 0; b < blocks; b++) {
          const at = pitch * (2 * oy + b / blocks_of(w)) + ROW * (b % blocks_of(w));
          if (dw != 0) add_rows(sum + block_bytes * b, ROW, X + at, begins_at(lists, w), ends_at(lists, w), F);
          if (dx == 0) continue;
          for (let place: u32 = 0; place < PLACES; place++) {
            let to = D + at + pitch * (place >> 1) + line * (place & 1);
            let bound = bounds_at(lists, w, place);
            for (let i: u32 = 0; i < rows; i++) {
              add_rows(to, line << 1, scratch + block_bytes * b, bound, bound + 4, width);
              to += pitch << 1;
              bound += width << 2;
            }
          }
        }
      }
      if (dx != 0) unpad_image(dx, D, w, n);
    }
  }
  if (!sums) return;
  barrier(threads);
  if (db != 0 && thread == 0) {
    copy_f32(db, sums_at + kernel_bytes, F);
    for (let part: u32 = 1; part < parts; part++) add_f32(db, sums_at + kernel_bytes + part_bytes * part, F);
  }
  if (dw == 0) return;
  for (let b = first; b < last; b++) block_to_kernel_grad(dw, sums_at + block_bytes * b, part_bytes, parts, w, b);
}

/** to[f] += Σ dy over the pixels where it flows. */
function add_bias(to: usize, dy: usize, argmax: usize, F: u32, pixels: u32): void {
  for (let f: u32 = 0; f < F; f += 4) {
    let total = v128.load(to + (f << 2));
    for (let i: u32 = 0; i < pixels; i++) {
      const at = <usize>i * F + f;
      total = f32x4.add(total, v128.andnot(v128.load(dy + (at << 2)), i32x4.eq(places_of(argmax + at), i32x4.splat(DEAD))));
    }
    v128.store(to + (f << 2), total);
  }
}

/** to[f][32] = block b of the kernel, zeros beyond the row of taps. */
function kernel_to_block(to: usize, weights: usize, w: Geometry, b: u32): void {
  const taps: u32 = 3 * w.channels;
  let tap: u32 = (b % blocks_of(w)) << 5;
  let from = weights + ((<usize>(b / blocks_of(w) * taps + tap) * w.filters) << 2);
  for (let j: usize = 0; j < ROW; j += 4) {
    for (let f: u32 = 0; f < w.filters; f++) {
      let value: f32 = 0;
      if (tap < taps) value = load<f32>(from + (<usize>f << 2));
      store<f32>(to + ROW * f + j, value);
    }
    tap++;
    from += <usize>w.filters << 2;
  }
}

/** Block b of dw, the parts of its sums added in order. */
function block_to_kernel_grad(dw: usize, from: usize, part_bytes: usize, parts: u32, w: Geometry, b: u32): void {
  const taps: u32 = 3 * w.channels;
  const step = <usize>w.filters << 2;
  let tap: u32 = (b % blocks_of(w)) << 5;
  dw += step * (b / blocks_of(w) * taps + tap);
  for (let j: usize = 0; j < ROW && tap < taps; j += 16) {
    for (let f: usize = 0; f < step; f += 4) {
      let at = from + (ROW >> 2) * f + j;
      let total = v128.load(at);
      for (let part: u32 = 1; part < parts; part++) {
        at += part_bytes;
        total = f32x4.add(total, v128.load(at));
      }
      v128.store32_lane(dw + f, total, 0);
      v128.store32_lane(dw + f + step, total, 1);
      v128.store32_lane(dw + f + step * 2, total, 2);
      v128.store32_lane(dw + f + step * 3, total, 3);
    }
    tap += 4;
    dw += step << 2;
  }
}
