// One panel over all rows, by GEMM's micro-kernels. Sizes in bytes but for rows, columns and K.
import * as micro from "../gemm/micro.gen";
import { tile_raw_wide, tile_wide } from "../gemm/tile-wide";

/** Rows of the tallest tile. */
const TALLEST: u32 = 5;

/**
 * C = max(init + A·B, floor): rows of A lda bytes apart with k contiguous, B a packed panel [K][columns], K >= 1. init: a row for all
 * (ldi = 0), or C's own beginning.
 */
export function panel_of_rows(
  c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, columns: u32, K: u32, floor: f32,
  rows: u32,
): void {
  while (rows > 0) {
    const mr = tile_height(rows);
    const tiles = run_length(rows, mr);
    const next = lda * mr;
    if (WIDE) tile_wide(true, mr, columns, c, ldc, init, ldi, a, lda, b, K, floor, tiles, next);
    else if (mr == 5) micro.gemm_f32_rp_5x8(c, ldc, init, ldi, a, lda, b, 0, K, floor, tiles, next);
    else if (mr == 4) micro.gemm_f32_rp_4x8(c, ldc, init, ldi, a, lda, b, 0, K, floor, tiles, next);
    else if (mr == 3) micro.gemm_f32_rp_3x8(c, ldc, init, ldi, a, lda, b, 0, K, floor, tiles, next);
    else if (mr == 2) micro.gemm_f32_rp_2x8(c, ldc, init, ldi, a, lda, b, 0, K, floor, tiles, next);
    else micro.gemm_f32_rp_1x8(c, ldc, init, ldi, a, lda, b, 0, K, floor, tiles, next);
    const done = tiles * mr;
    rows -= done;
    c += ldc * done;
    init += ldi * done;
    a += lda * done;
  }
}

/**
 * C += Aᵀ·B: A [K, rows] with lines lda bytes apart, B [K, columns] with lines ldb bytes apart, K >= 1.
 */
export function panel_of_columns(
  c: usize, ldc: usize, a: usize, lda: usize, b: usize, ldb: usize, columns: u32, K: u32, rows: u32,
): void {
  while (rows > 0) {
    const mr = tile_height(rows);
    const tiles = run_length(rows, mr);
    const next = <usize>mr << 2;
    if (WIDE) tile_raw_wide(false, mr, columns, c, ldc, c, ldc, a, lda, b, ldb, K, -Infinity, tiles, next);
    else if (mr == 5) micro.gemm_f32_cs_5x8(c, ldc, c, ldc, a, lda, b, ldb, K, -Infinity, tiles, next);
    else if (mr == 4) micro.gemm_f32_cs_4x8(c, ldc, c, ldc, a, lda, b, ldb, K, -Infinity, tiles, next);
    else if (mr == 3) micro.gemm_f32_cs_3x8(c, ldc, c, ldc, a, lda, b, ldb, K, -Infinity, tiles, next);
    else if (mr == 2) micro.gemm_f32_cs_2x8(c, ldc, c, ldc, a, lda, b, ldb, K, -Infinity, tiles, next);
    else micro.gemm_f32_cs_1x8(c, ldc, c, ldc, a, lda, b, ldb, K, -Infinity, tiles, next);
    const done = tiles * mr;
    rows -= done;
    c += ldc * done;
    a += next * tiles;
  }
}

/** The next tile's height: a multiple of four is best cut into fours; else as tall as it goes, but no low tile at the end. */
// @ts-ignore: decorator
@inline
function tile_height(rows: u32): u32 {
  if (rows % TALLEST == 0 || rows >= 2 * TALLEST) return rows % 4 == 0 && rows % TALLEST != 0 ? 4 : TALLEST;
  return rows > TALLEST ? (rows + 1) >> 1 : rows;
}

/** How many tiles of that height follow on each other. */
// @ts-ignore: decorator
@inline
function run_length(rows: u32, mr: u32): u32 {
  if (rows % mr == 0) return rows / mr;
  return max<u32>(1, rows / mr - 1);
}
