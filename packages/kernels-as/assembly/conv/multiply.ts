// Products of what a convolution has just laid out in this thread's scratch, and the packing of their second operand.
import { BLOCK_ROWS } from "./constants";
import { copy_f32 } from "../math/copy";
import { line_of, PANEL, padded_to_eight, panel_width } from "./geometry";
import { panel_of_rows } from "./panel";

/** Steps of k in one go: a panel's chunk is 16 KB and stays in the nearest cache. */
const KC: u32 = 4096 / PANEL;
/** Where in `edge` below the bias row lies. */
const EDGE_BIAS: usize = (BLOCK_ROWS * PANEL) << 2;

/**
 * C = max(bias + A·B, floor): A [M, K] with rows lda elements apart, B [K, N] in packed panels, C [M, N] with rows
 * ldc apart; K >= 1, M <= BLOCK_ROWS.
 *
 * bias: N f32, repeated for every row. edge: `EDGE_BYTES` of scratch, for the last columns when N is no multiple of 8.
 */
export function multiply_rows(
  c: usize, ldc: u32, bias: usize, a: usize, lda: u32, b: usize, M: u32, N: u32, K: u32, floor: f32, edge: usize,
): void {
  const row_c = <usize>ldc << 2;
  for (let n: u32 = 0; n < N; n += PANEL) {
    const columns = panel_width(N, n);
    const line = line_of(columns);
    const width = min(columns, N - n);
    let init = bias + (<usize>n << 2);
    let row_init: usize = 0;
    let to = c + (<usize>n << 2);
    let row_to = row_c;
    if (width < columns) {
      copy_f32(edge + EDGE_BIAS, init, width);
      init = edge + EDGE_BIAS;
      to = edge;
      row_to = line;
    }
    for (let k: u32 = 0; k < K; k += KC) {
      const kc = min(KC, K - k);
      panel_of_rows(to, row_to, init, row_init, a + (<usize>k << 2), <usize>lda << 2, b, columns, kc, k + KC >= K ? floor : -Infinity, M);
      init = to;
      row_init = row_to;
      b += line * kc;
    }
    if (width < columns) {
      for (let m: u32 = 0; m < M; m++) copy_f32(c + row_c * m + (<usize>n << 2), edge + line * m, width);
    }
  }
}

/** Panels of B [K, N] with rows ldb elements apart: panel[k][j] = b[k][PANEL·panel + j], zero beyond N. Panels [begin, end). */
export function pack_panels(to: usize, b: usize, ldb: u32, K: u32, N: u32, begin: u32, end: u32): void {
  for (let panel = begin; panel < end; panel++) {
    const n = panel * PANEL;
    pack_panel(to + ((<usize>n * K) << 2), b + (<usize>n << 2), ldb, K, min(PANEL, N - n));
  }
}

/** One panel: to[k][j] = b[k·ldb + j] for j < width, zero up to a whole eight. */
export function pack_panel(to: usize, b: usize, ldb: u32, K: u32, width: u32): void {
  const step = <usize>ldb << 2;
  const line = <usize>padded_to_eight(width) << 2;
  const zero = f32x4.splat(0);
  for (let k: u32 = 0; k < K; k++) {
    for (let j: usize = 0; j < line; j += 32) {
      if (<usize>width << 2 >= j + 32) {
        v128.store(to + j, v128.load(b + j));
        v128.store(to + j, v128.load(b + j, 16), 16);
      } else {
        v128.store(to + j, zero);
        v128.store(to + j, zero, 16);
        copy_f32(to + j, b + j, width & 7);
      }
    }
    to += line;
    b += step;
  }
}

/** Panels of Bᵀ for B [N, K] with rows ldb elements apart: panel[k][j] = b[PANEL·panel + j][k], zero beyond N. Panels [begin, end). */
export function pack_panels_transposed(
  to: usize, b: usize, ldb: u32, K: u32, N: u32, begin: u32, end: u32,
): void {
  for (let panel = begin; panel < end; panel++) {
    const n = panel * PANEL;
    const columns = panel_width(N, n);
    const width = min(columns, N - n);
    let at = to + ((<usize>n * K) << 2);
    const from = b + ((<usize>n * ldb) << 2);
    for (let k: u32 = 0; k < K; k++) {
      for (let j: u32 = 0; j < columns; j++) {
        f32.store(at + (<usize>j << 2), j < width ? f32.load(from + ((<usize>j * ldb + k) << 2)) : 0);
      }
      at += <usize>columns << 2;
    }
  }
}
