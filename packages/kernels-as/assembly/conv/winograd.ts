// Convolution by Winograd's F(4x4, 3x3) or F(2x2, 3x3), in pieces where the kernel is not 3x3 or its stride not 1 (winograd-pieces.ts);
// channels and filters are multiples of 4.
// n is the number of frequencies along a side, 6 or 4. The gradients are in winograd-grad.ts, the algorithm in README.md.
//
//   for each block of tiles    V[frequency][tile][channel] ◀── x          (second cache)
//     for each panel of filters  M[frequency][tile][columns] = V · U            (nearest cache), then M ──▶ y
//
// with U[panel][frequency][channel][columns]: what the products write is read again at once by the transform that follows. The step from one
// frequency's matrix in V to the next is a cache line more than the matrix, lest all fall into the same cache set.
import { share_begin, share_end } from "../program/arguments";
import { barrier } from "../threads/barrier";
import { MATRIX_GAP, SPARE_ROWS, ZEROS } from "./constants";
import { Geometry, PANEL, padded_to_eight, panel_width, panels_of } from "./geometry";
import {
  winograd_input, winograd_input_8, winograd_kernel, winograd_output_down, winograd_output_down_8, winograd_pool, winograd_store, winograd_store_8,
} from "./winograd.gen";
import { clear_block, clear_desk, desk_bytes, KINDS, NINE, PIECES, set_row, VALUES } from "./winograd-desk";
import { end_inside, first_inside, gather_taps, is_whole, list_pieces, piece_at, pieces_of } from "./winograd-pieces";
import { multiply_panel } from "./winograd-products";
import {
  arrange, Block, block_bytes, most_tiles, outputs_across, outputs_down, outputs_of, Tile, tile_at, tiles_along,
} from "./winograd-tiles";

/** Bytes from frequency to frequency of a matrix with a row of `columns` f32 for every tile. */
// @ts-ignore: decorator
@inline
export function matrix_step(tiles: u32, columns: u32): usize {
  return ((<usize>tiles * columns) << 2) + MATRIX_GAP;
}

/** Bytes of the panels of n columns, each [frequency][K][columns], at most: as many as panels of eight would take. */
// @ts-ignore: decorator
@inline
export function panels_bytes(n: u32, K: u32, frequencies: u32): usize {
  return matrix_step(K, 8) * frequencies * (padded_to_eight(n) >> 3);
}

/** Bytes from frequency to frequency of the products of a panel. */
// @ts-ignore: decorator
@inline
export function products_step(tiles: u32): usize {
  return (<usize>(tiles + SPARE_ROWS + 1) * PANEL) << 2;
}

/**
 * y = act(conv(x, weights) + bias); or, when argmax is not 0, y and argmax of its 2x2 pooling after ReLU (see pooled.ts), where a last
 * odd row or column is left out.
 *
 * bias: filters f32, or 0 for none; floor: 0 for ReLU, −∞ for none; scratch: `winogradBytes` bytes, 64-byte aligned.
 */
export function conv2d_winograd_f32(
  y: usize, argmax: usize, x: usize, weights: usize, bias: usize, w: Geometry, floor: f32, n: u32, scratch: usize, thread: u32,
  threads: u32,
): void {
  const C = pieces_of(w) * w.channels;
  const frequencies = n * n;
  const panels = panels_of(w.filters);
  const most = most_tiles(w);
  const u_bytes = panels_bytes(w.filters, C, frequencies);
  const u_step = matrix_step(C, PANEL) * frequencies;
  const v_step = matrix_step(most, C);
  const m_step = products_step(most);
  const desk = scratch + u_bytes + (desk_bytes(w) + block_bytes(most) + (v_step + m_step) * frequencies + m_step) * thread;
  const block = changetype<Block>(desk + desk_bytes(w));
  const V = changetype<usize>(block) + block_bytes(most);
  const M = V + v_step * frequencies;
  clear_desk(desk, w);
  list_pieces(desk, w);
  const last = share_end(C, 1, thread, threads);
  for (let c = share_begin(C, 1, thread, threads); c < last; c++) kernel_to_panels(scratch, weights, w, c, C, n, desk);
  barrier(threads);

  const height = outputs_of(w.out_height, argmax != 0);
  const width = outputs_of(w.out_width, argmax != 0);
  const tiles = w.batch * tiles_along(height, n) * tiles_along(width, n);
  const stop = share_end(tiles, 4, thread, threads);
  for (let t = share_begin(tiles, 4, thread, threads); t < stop; t += block.count) {
    arrange(block, n, height, width, t, min(stop - t, most));
    tiles_to_inputs(V, v_step, x, w, n, block, desk);
    for (let p: u32 = 0; p < panels; p++) {
      const first = p * PANEL;
      const columns = panel_width(w.filters, first);
      multiply_panel(M, m_step, V, v_step, <usize>C << 2, scratch + u_step * p, columns, C, desk + KINDS, n, block);
      const end = min(first + columns, w.filters);
      for (let i: u32 = 0; i < block.count; i++) {
        const down = outputs_down(block, i);
        const across = outputs_across(block, i);
        for (let f = first; f < end; ) {
          const from = M + ((<usize>columns * i + f - first) << 2);
          const added = bias == 0 ? desk + ZEROS : bias + (<usize>f << 2);
          const eight = WIDE != 0 && argmax == 0 && f + 8 <= end;
          if (eight) winograd_output_down_8(from, m_step, n, down, across, desk);
          else winograd_output_down(from, m_step, n, down, across, desk);
          put_tile(y, argmax, added, floor, w, f, eight, block, i, desk);
          f += eight ? 8 : 4;
        }
      }
    }
  }
}

/** Four filters of tile i, or eight, from the desk's block, to where they belong. */
// @ts-ignore: decorator
@inline
function put_tile(
  y: usize, argmax: usize, bias: usize, floor: f32, w: Geometry, f: u32, eight: bool, block: Block, i: u32, desk: usize,
): void {
  const tile = tile_at(block, i);
  const my = outputs_down(block, i);
  const mx = outputs_across(block, i);
  const F = <usize>w.filters;
  if (argmax != 0) {
    const height = w.out_height >> 1;
    const width = w.out_width >> 1;
    const at = ((<usize>tile.image * height + (tile.oy >> 1)) * width + (tile.ox >> 1)) * F + f;
    winograd_pool(y + (at << 2), argmax + at, F, F * width, my, mx, bias, desk);
  } else {
    const at = y + ((((<usize>tile.image * w.out_height + tile.oy) * w.out_width + tile.ox) * F + f) << 2);
    const line = F << 2;
    const rows = min(my, w.out_height - tile.oy);
    const columns = min(mx, w.out_width - tile.ox);
    if (eight) winograd_store_8(at, line, line * w.out_width, mx, rows, columns, bias, floor, desk);
    else winograd_store(at, line, line * w.out_width, mx, rows, columns, bias, floor, desk);
  }
}

/** All tiles of the block into V, whose columns are the channels of every piece of the kernel. */
export function tiles_to_inputs(V: usize, v_step: usize, x: usize, w: Geometry, n: u32, block: Block, desk: usize): void {
  const line = <usize>w.channels << 2;
  const pixel = line * w.stride_width;
  const pieces = pieces_of(w);
  for (let i: u32 = 0; i < block.count; i++) {
    const my = outputs_down(block, i);
    const mx = outputs_across(block, i);
    const tile = tile_at(block, i);
    const image = x + line * w.height * w.width * tile.image;
    for (let p: u32 = 0; p < pieces; p++) {
      const piece = piece_at(desk, p);
      const iy = <i32>(tile.oy * w.stride_height + piece.ky - w.pad_top);
      const ix = <i32>(tile.ox * w.stride_width + piece.kx - w.pad_left);
      for (let k: u32 = 0; k < my + 2; k++) {
        const row = iy + <i32>(k * w.stride_height);
        // The address of a column outside may lie before the image; only those inside are read.
        set_row(desk, k, row >= 0 && row < <i32>w.height ? image + line * <usize>(row * <i32>w.width + ix) : desk + ZEROS);
      }
      const first = min(first_inside(ix, w.stride_width), mx + 2);
      const last = max(first, end_inside(ix, w.stride_width, mx + 2, w.width));
      if (first != 0 || last != mx + 2) clear_block(desk);
      const to = V + line * (i * pieces + p);
      if (WIDE && w.channels % 8 == 0) winograd_input_8(to, v_step, n, my, mx, line, pixel, first, last, desk);
      else winograd_input(to, v_step, n, my, mx, line, pixel, first, last, desk);
    }
  }
}

/** Column c of the kernel's C into every panel: to[panel of filters][frequency][column][columns], zero beyond the filters. */
function kernel_to_panels(to: usize, weights: usize, w: Geometry, c: u32, C: u32, n: u32, desk: usize): void {
  const padded = padded_to_eight(w.filters);
  for (let f: u32 = 0; f < padded; f += 4) {
    const panel = f / PANEL;
    const columns = panel_width(w.filters, panel * PANEL);
    const step = matrix_step(C, columns);
    kernel_values(weights, w, c, f, C, n, desk);
    let at = to + matrix_step(C, PANEL) * n * n * panel + ((<usize>columns * c + f - panel * PANEL) << 2);
    for (let i: u32 = 0; i < n; i++) {
      for (let j: u32 = 0; j < n; j++) {
        v128.store(at, v128.load(desk + VALUES + 96 * <usize>i + (<usize>j << 4)));
        at += step;
      }
    }
  }
}

/** The desk's values: column c of C for four filters from f on, zeros beyond either. */
export function kernel_values(weights: usize, w: Geometry, c: u32, f: u32, C: u32, n: u32, desk: usize): void {
  if (c >= C || f >= w.filters) {
    memory.fill(desk + VALUES, 0, PIECES - VALUES);
    return;
  }
  const by = (<usize>w.channels * w.filters) << 2;
  const from = weights + (<usize>(c % w.channels * w.filters + f) << 2);
  if (is_whole(w)) winograd_kernel(from, by, n, desk);
  else {
    gather_taps(desk + NINE, from, by, piece_at(desk, c / w.channels), w);
    winograd_kernel(desk + NINE, 16, n, desk);
  }
}
