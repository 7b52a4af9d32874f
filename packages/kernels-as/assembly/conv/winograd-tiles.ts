// Winograd's 2-D transforms, between pixels and the n·n frequencies: of one tile with all channels on the way in, and of several tiles
// with the eight channels of a panel on the way out.
//
// `temp` is this thread's: a row of zeros [n][channels], then two blocks [n][n][L], L the largest number of channels or tiles · 8.
import { Geometry, lines, panels_of } from "./geometry";
import {
  input_grad_pass, input_pass, inputs_of, kernel_grad_pass, kernel_pass, output_grad_pass, output_pass, outputs_of,
} from "./winograd-passes";

/** Tiles that are transformed together on the way out. */
export const RUN_TILES: u32 = 8;

// @ts-ignore: decorator
@inline
function zeros_bytes<T>(w: Geometry): usize {
  return lines((<usize>inputs_of<T>() * max<u32>(w.channels, 8)) << 2);
}

// @ts-ignore: decorator
@inline
function block_bytes<T>(w: Geometry): usize {
  return lines((<usize>inputs_of<T>() * inputs_of<T>() * max(max(w.channels, panels_of(w.filters) * 8), RUN_TILES * 8)) << 2);
}

/** Bytes of temp. */
export function temp_bytes<T>(w: Geometry): usize {
  return zeros_bytes<T>(w) + 2 * block_bytes<T>(w);
}

/** Sets its zeros, which the transforms only read: at temp, at least 8 f32. */
export function clear_temp<T>(temp: usize, w: Geometry): void {
  memory.fill(temp, 0, zeros_bytes<T>(w));
}

/** The first block: between the two passes. */
// @ts-ignore: decorator
@inline
function between<T>(temp: usize, w: Geometry): usize {
  return temp + zeros_bytes<T>(w);
}

/** The second block: a tile's pixels. */
// @ts-ignore: decorator
@inline
export function tile_block<T>(temp: usize, w: Geometry): usize {
  return temp + zeros_bytes<T>(w) + block_bytes<T>(w);
}

/** Where columns ix … of row i of an image begin, or the zeros where there is no such row. May wrap below 0; only columns inside are read. */
// @ts-ignore: decorator
@inline
function row_or_zeros(image: usize, i: i32, ix: i32, w: Geometry, zeros: usize): usize {
  return i >= 0 && i < <i32>w.height ? image + (<usize>(i * <i32>w.width + ix) * w.channels << 2) : zeros;
}

/**
 * to[frequency] = Bᵀ·d·B for the n x n inputs whose first is (iy, ix); outside the image they are zeros.
 *
 * to: the tile's line in the first frequency's matrix; step: bytes from frequency to frequency; image: x of one image.
 */
export function transform_input<T>(to: usize, step: usize, image: usize, w: Geometry, iy: i32, ix: i32, temp: usize): void {
  const n = inputs_of<T>();
  const C = <usize>w.channels << 2;
  const line = C * n;
  const block = between<T>(temp, w);
  const r0 = row_or_zeros(image, iy, ix, w, temp);
  const r1 = row_or_zeros(image, iy + 1, ix, w, temp);
  const r2 = row_or_zeros(image, iy + 2, ix, w, temp);
  const r3 = row_or_zeros(image, iy + 3, ix, w, temp);
  const r4 = sizeof<T>() == 4 ? row_or_zeros(image, iy + 4, ix, w, temp) : 0;
  const r5 = sizeof<T>() == 4 ? row_or_zeros(image, iy + 5, ix, w, temp) : 0;
  const first = <u32>max(0, -ix);
  const last = <u32>max(<i32>first, min<i32>(n, <i32>w.width - ix));
  // The columns that are inside lie one after the other, in the image as in the block.
  if (first != 0 || last != n) memory.fill(block, 0, line * n);
  const j = C * first;
  input_pass<T>(block + j, line, r0 + j, r1 + j, r2 + j, r3 + j, <usize>r4 + j, <usize>r5 + j, C * (last - first));
  for (let i: u32 = 0; i < n; i++) {
    const at = block + line * i;
    input_pass<T>(to + step * n * i, step, at, at + C, at + 2 * C, at + 3 * C, at + 4 * C, at + 5 * C, C);
  }
}

/** The outputs Aᵀ·M·A of tiles side by side, [m][m][bytes / 4] in the block. from: the first in M[frequency][tile][8]. */
export function transform_output<T>(from: usize, step: usize, bytes: usize, w: Geometry, temp: usize): void {
  const n = inputs_of<T>();
  const m = outputs_of<T>();
  const block = between<T>(temp, w);
  const line = bytes * n;
  for (let j: usize = 0; j < n; j++) output_pass<T>(block + bytes * j, line, from + step * j, step * n, bytes);
  const out = tile_block<T>(temp, w);
  for (let i: usize = 0; i < m; i++) output_pass<T>(out + bytes * m * i, bytes, block + line * i, bytes, bytes);
}

/** The inputs' gradients B·M·Bᵀ of tiles side by side, [n][n][bytes / 4] in the block. from: the first in M[frequency][tile][8]. */
export function transform_input_grad<T>(from: usize, step: usize, bytes: usize, w: Geometry, temp: usize): void {
  const n = inputs_of<T>();
  const block = between<T>(temp, w);
  const line = bytes * n;
  for (let j: usize = 0; j < n; j++) input_grad_pass<T>(block + bytes * j, line, from + step * j, step * n, bytes);
  const out = tile_block<T>(temp, w);
  for (let i: usize = 0; i < n; i++) input_grad_pass<T>(out + line * i, bytes, block + line * i, bytes, bytes);
}

/** to[frequency] = A·dY·Aᵀ for the tile whose dY, [m][m][bytes / 4], is in its block. */
export function transform_output_grad<T>(to: usize, step: usize, bytes: usize, w: Geometry, temp: usize): void {
  const n = inputs_of<T>();
  const m = outputs_of<T>();
  const block = between<T>(temp, w);
  const line = bytes * m;
  // Down all columns at once: they lie one after the other.
  output_grad_pass<T>(block, line, tile_block<T>(temp, w), line, line);
  for (let i: usize = 0; i < n; i++) output_grad_pass<T>(to + step * n * i, step, block + line * i, bytes, bytes);
}

/** The tile's block, [n·n][filters], becomes G·g·Gᵀ of channel c for all filters. */
export function transform_kernel<T>(weights: usize, w: Geometry, c: u32, temp: usize): void {
  const n = inputs_of<T>();
  const F = <usize>w.filters << 2;
  const by = F * w.channels;
  const g = weights + F * c;
  const block = between<T>(temp, w);
  const out = tile_block<T>(temp, w);
  for (let j: usize = 0; j < 3; j++) kernel_pass<T>(block + F * j, 3 * F, g + by * j, 3 * by, F);
  for (let i: usize = 0; i < n; i++) kernel_pass<T>(out + F * n * i, F, block + 3 * F * i, F, F);
}

/** dg of channel c for all filters = Gᵀ·dU·G, of dU [n·n][filters] in the tile's block. */
export function transform_kernel_grad<T>(dw: usize, w: Geometry, c: u32, temp: usize): void {
  const n = inputs_of<T>();
  const F = <usize>w.filters << 2;
  const by = F * w.channels;
  const line = F * n;
  const block = between<T>(temp, w);
  const from = tile_block<T>(temp, w);
  kernel_grad_pass<T>(block, line, from, line, line);
  for (let i: usize = 0; i < 3; i++) kernel_grad_pass<T>(dw + F * c + 3 * by * i, by, block + line * i, F, F);
}
