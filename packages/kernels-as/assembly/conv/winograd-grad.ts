// The gradients of winograd.ts, which share W = A·dY·Aᵀ:
//
//   dw = Gᵀ·(Σ Vᵀ·W)·G, summed over the tiles in sums[frequency][panel of filters][channel][columns]
//   dx = the overlapping tiles B·(W·Uᵀ)·Bᵀ, added up
import { share_begin, share_end } from "../program/arguments";
import { barrier } from "../threads/barrier";
import { LEAST_TILES, MOST_SUMMED, ZEROS } from "./constants";
import { add_f32, copy_f32 } from "../math/copy";
import { batch_parts, Geometry, line_of, lines, PANEL, padded_to_eight, panel_width, panels_of, part_begin } from "./geometry";
import { kernel_values, matrix_step, panels_bytes, products_step, tiles_to_inputs } from "./winograd";
import {
  winograd_add, winograd_add_8, winograd_input_grad_down, winograd_input_grad_down_8, winograd_kernel_grad, winograd_output_grad,
  winograd_output_grad_8,
} from "./winograd.gen";
import { clear_block, clear_desk, desk_bytes, FILTERS, KINDS, NINE, set_row, VALUES } from "./winograd-desk";
import {
  end_inside, first_inside, is_whole, list_filters, list_pieces, piece_at, pieces_of, scatter_taps,
} from "./winograd-pieces";
import { add_chunk, add_products, multiply_panel } from "./winograd-products";
import {
  arrange, Block, block_bytes, block_length, most_tiles, outputs_across, outputs_down, tile_at, tiles_along,
} from "./winograd-tiles";

/**
 * The gradients that are wanted (0: not) from dy: dx of the input; dw and db of the kernel and bias.
 *
 * The batch is cut into parts whose kernel gradients are added in order; when only dx is wanted, the images are dealt out. Where that leaves half
 * of the threads without any, all do every part's transforms, and each the products of its own panels: no sum changes.
 */
export function conv2d_grad_winograd_f32(
  dx: usize, dw: usize, db: usize, x: usize, dy: usize, weights: usize, w: Geometry, n: u32, scratch: usize, thread: u32, threads: u32,
): void {
  const C = pieces_of(w) * w.channels;
  const frequencies = n * n;
  const padded = padded_to_eight(w.filters);
  const columns_c = padded_to_eight(C);
  const wide = panel_of_inputs(w);
  const panels_c = (columns_c + wide - 1) / wide;
  const sums = dw != 0 || db != 0;
  const most = most_tiles(w);
  const w_step = matrix_step(most, padded);
  const v_step = matrix_step(most, C);
  const m_step = products_step(most);
  const sum_step = matrix_step(C, padded);
  const part_bytes = lines(sum_step * frequencies + (<usize>padded << 2));
  const tiles_image = tiles_along(w.out_height, n) * tiles_along(w.out_width, n);
  // No part has less than a block of tiles.
  const units = sums ? min(batch_parts(w.batch, <u32>part_bytes), max<u32>(1, w.batch * tiles_image / LEAST_TILES)) : w.batch;
  const shared = units << 1 <= threads && is_whole(w);
  const parts = sums ? units : shared ? 1 : threads;
  const chunk_bytes = sums && (w.batch + units - 1) / units * tiles_image > MOST_SUMMED ? sum_step * frequencies : 0;
  const sums_at = scratch + (dx == 0 ? 0 : panels_bytes(C, w.filters, frequencies));
  const desk =
    sums_at + (sums ? part_bytes * parts : 0) +
    (desk_bytes(w) + block_bytes(most) + (w_step + v_step + m_step) * frequencies + m_step + chunk_bytes) * thread;
  const block = changetype<Block>(desk + desk_bytes(w));
  const W = changetype<usize>(block) + block_bytes(most);
  const V = W + w_step * frequencies;
  const M = V + v_step * frequencies;
  const chunk = M + m_step * frequencies + m_step;
  clear_desk(desk, w);
  list_pieces(desk, w);
  if (padded != w.filters) memory.fill(W, 0, w_step * frequencies);
  if (dx != 0) {
    // Up to the panels' end: what lies beyond the channels is zeros.
    const last = share_end(columns_c, 8, thread, threads);
    for (let c = share_begin(columns_c, 8, thread, threads); c < last; c += 8) eight_to_transposed(scratch, weights, w, c, C, n, desk);
  }
  const image_bytes = (<usize>w.height * w.width * w.channels) << 2;
  if (shared && dx != 0) zero_share(dx, image_bytes * w.batch, thread, threads);
  barrier(threads);

  const panels_f = panels_of(w.filters);
  const first_c: u32 = shared ? part_begin(panels_c, thread, threads) : 0;
  const end_c = shared ? part_begin(panels_c, thread + 1, threads) : panels_c;
  const first_f: u32 = shared ? part_begin(panels_f, thread, threads) : 0;
  const end_f = shared ? part_begin(panels_f, thread + 1, threads) : panels_f;
  const end = shared ? parts : part_begin(parts, thread + 1, threads);
  for (let part: u32 = shared ? 0 : part_begin(parts, thread, threads); part < end; part++) {
    const sum = sums_at + part_bytes * part;
    const bias_sum = sums && (!shared || thread == 0) ? sum + sum_step * frequencies : 0;
    if (bias_sum != 0) memory.fill(bias_sum, 0, <usize>padded << 2);
    const start = part_begin(w.batch, part, parts) * tiles_image;
    const stop = part_begin(w.batch, part + 1, parts) * tiles_image;
    // Without an image nothing begins them.
    if (start == stop && dw != 0 && (!shared || thread == 0)) memory.fill(sum, 0, sum_step * frequencies);
    // The first MOST_SUMMED tiles are summed in place, others apart and added.
    let into = sum;
    let summed: u32 = 0;
    for (let t = start; t < stop; t += block.count) {
      arrange(block, n, w.out_height, w.out_width, t, block_length(t, stop, tiles_image, most));
      tiles_to_output_grads(W, w_step, padded, bias_sum, dy, w, n, block, desk);
      if (dw != 0) {
        tiles_to_inputs(V, v_step, x, w, n, block, desk);
        add_products(
          into, sum_step, V, v_step, <usize>C << 2, W, w_step, <usize>padded << 2, first_f, end_f, C, w.filters, desk + KINDS, summed == 0, n, block,
        );
        summed += block.count;
        if (summed >= MOST_SUMMED || t + block.count == stop) {
          if (into == chunk) add_chunk(sum, chunk, sum_step, first_f, end_f, C, w.filters, frequencies);
          into = chunk;
          summed = 0;
        }
      }
      if (dx != 0) {
        // The images that begin in this block begin with zeros.
        const image = (t + tiles_image - 1) / tiles_image;
        const images = (t + block.count + tiles_image - 1) / tiles_image - image;
        if (!shared) memory.fill(dx + image_bytes * image, 0, image_bytes * images);
        for (let p = first_c; p < end_c; p++) {
          const c = p * wide;
          const columns = min(wide, columns_c - c);
          list_filters(desk + FILTERS, desk, w, c, columns);
          multiply_panel(M, m_step, W, w_step, <usize>padded << 2, scratch + matrix_step(w.filters, wide) * frequencies * p, columns, w.filters, desk + FILTERS, n, block);
          add_tiles(dx, M, m_step, w, c, columns, n, block, desk);
        }
      }
    }
  }
  if (!sums) return;
  barrier(threads);
  if (db != 0 && thread == 0) {
    const from = sums_at + sum_step * frequencies;
    copy_f32(db, from, w.filters);
    for (let part: u32 = 1; part < parts; part++) add_f32(db, from + part_bytes * part, w.filters);
  }
  if (dw == 0) return;
  const begin = share_begin(C, 1, thread, threads);
  const last = share_end(C, 1, thread, threads);
  const by = (<usize>w.channels * w.filters) << 2;
  // By panels, of which a line is read at all frequencies, and then all of it is needed.
  for (let first: u32 = 0; first < w.filters; first += PANEL) {
    const columns = panel_width(w.filters, first);
    const stop = min(first + columns, w.filters);
    for (let c = begin; c < last; c++) {
      for (let f = first; f < stop; f += 4) {
        sum_parts(sums_at + ((<usize>first * C + columns * c + f - first) << 2), sum_step, part_bytes, parts, n, desk);
        const to = dw + (<usize>(c % w.channels * w.filters + f) << 2);
        if (is_whole(w)) winograd_kernel_grad(to, by, n, desk);
        else {
          winograd_kernel_grad(desk + NINE, 16, n, desk);
          scatter_taps(to, by, desk + NINE, piece_at(desk, c / w.channels), w);
        }
      }
    }
  }
}

/** A thread's share of `bytes` zeros, a multiple of 4. */
function zero_share(to: usize, bytes: usize, thread: u32, threads: u32): void {
  const n = <u32>(bytes >> 2);
  const begin = share_begin(n, 16, thread, threads);
  memory.fill(to + (<usize>begin << 2), 0, <usize>(share_end(n, 16, thread, threads) - begin) << 2);
}

/** Four filters' values at all frequencies into the desk's, the parts added in order. */
function sum_parts(from: usize, step: usize, part_bytes: usize, parts: u32, n: u32, desk: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < n; j++) {
      let at = from;
      let total = v128.load(at);
      for (let part: u32 = 1; part < parts; part++) {
        at += part_bytes;
        total = f32x4.add(total, v128.load(at));
      }
      v128.store(desk + VALUES + 96 * <usize>i + (<usize>j << 4), total);
      from += step;
    }
  }
}

/** The columns of a panel of the input's gradient: of one piece of the kernel alone, so that it needs all filters or none. */
// @ts-ignore: decorator
@inline
function panel_of_inputs(w: Geometry): u32 {
  return WIDE && (is_whole(w) || w.channels % PANEL == 0) ? PANEL : 8;
}

/**
 * Eight columns of the kernel's C, from `begin` on, into the transposed panels: to[panel][frequency][filter][columns]. They go
 * four filters at a time, whose lines stay near until all eight are in them.
 */
function eight_to_transposed(to: usize, weights: usize, w: Geometry, begin: u32, C: u32, n: u32, desk: usize): void {
  const wide = panel_of_inputs(w);
  const panel = begin / wide;
  const columns = min(wide, padded_to_eight(C) - panel * wide);
  const line = line_of(columns);
  const step = matrix_step(w.filters, columns);
  to += matrix_step(w.filters, wide) * n * n * panel + (<usize>(begin - panel * wide) << 2);
  for (let f: u32 = 0; f < w.filters; f += 4) {
    for (let c: u32 = 0; c < 8; c++) {
      kernel_values(weights, w, begin + c, f, C, n, desk);
      let at = to + (<usize>c << 2);
      for (let i: u32 = 0; i < n; i++) {
        for (let j: u32 = 0; j < n; j++) {
          const value = v128.load(desk + VALUES + 96 * <usize>i + (<usize>j << 4));
          v128.store32_lane(at, value, 0);
          v128.store32_lane(at + line, value, 1);
          v128.store32_lane(at + line * 2, value, 2);
          v128.store32_lane(at + line * 3, value, 3);
          at += step;
        }
      }
    }
    to += line << 2;
  }
}

/** All tiles of dy into W, whose rows are `padded` f32; bias_sum, if not 0, grows by their sum. */
function tiles_to_output_grads(
  W: usize, w_step: usize, padded: u32, bias_sum: usize, dy: usize, w: Geometry, n: u32, block: Block, desk: usize,
): void {
  const line = <usize>w.filters << 2;
  for (let i: u32 = 0; i < block.count; i++) {
    const my = outputs_down(block, i);
    const mx = outputs_across(block, i);
    const tile = tile_at(block, i);
    let row = dy + ((<usize>tile.image * w.out_height + tile.oy) * w.out_width + tile.ox) * line;
    for (let k: u32 = 0; k < my; k++) {
      set_row(desk, k, tile.oy + k < w.out_height ? row : desk + ZEROS);
      row += line * w.out_width;
    }
    const columns = min(mx, w.out_width - tile.ox);
    if (columns != mx) clear_block(desk);
    const to = W + ((<usize>padded * i) << 2);
    if (WIDE && w.filters % 8 == 0) winograd_output_grad_8(to, w_step, n, my, mx, line, columns, bias_sum, desk);
    else winograd_output_grad(to, w_step, n, my, mx, line, columns, bias_sum, desk);
  }
}

/** The panel of columns from `first` on of all tiles' inputs' gradients from M into dx. */
function add_tiles(
  dx: usize, M: usize, m_step: usize, w: Geometry, first: u32, columns: u32, n: u32, block: Block, desk: usize,
): void {
  const C = pieces_of(w) * w.channels;
  const line = <usize>w.channels << 2;
  const pitch = line * w.width;
  const end = min(first + columns, C);
  for (let i: u32 = 0; i < block.count; i++) {
    const tile = tile_at(block, i);
    const my = outputs_down(block, i);
    const mx = outputs_across(block, i);
    const image = dx + pitch * w.height * tile.image;
    // Where a tile lies is one piece's: found once for all its columns in the panel.
    for (let c = first; c < end; ) {
      const index = c / w.channels;
      const stop = min(end, (index + 1) * w.channels);
      const piece = piece_at(desk, index);
      const iy = <i32>(tile.oy * w.stride_height + piece.ky - w.pad_top);
      const ix = <i32>(tile.ox * w.stride_width + piece.kx - w.pad_left);
      const top = first_inside(iy, w.stride_height);
      const bottom = end_inside(iy, w.stride_height, my + 2, w.height);
      const left = min(first_inside(ix, w.stride_width), mx + 2);
      const right = max(left, end_inside(ix, w.stride_width, mx + 2, w.width));
      const to = image + pitch * <usize>iy + line * <usize>ix - (<usize>(index * w.channels) << 2);
      const inside: u32 = (1 << right) - (1 << left);
      while (c < stop) {
        const from = M + ((<usize>columns * i + c - first) << 2);
        const at = to + (<usize>c << 2);
        if (WIDE && c + 8 <= stop) {
          winograd_input_grad_down_8(from, m_step, n, my, mx, desk);
          if (top < bottom) winograd_add_8(at, line * w.stride_width, pitch * w.stride_height, n, mx, top, bottom, inside, desk);
          c += 8;
        } else {
          winograd_input_grad_down(from, m_step, n, my, mx, desk);
          if (top < bottom) winograd_add(at, line * w.stride_width, pitch * w.stride_height, n, mx, top, bottom, inside, desk);
          c += 4;
        }
      }
    }
  }
}
