// Which micro-kernel of the wide binary computes a tile, by the flavour of A (`rows`: k-contiguous rows, else m-contiguous columns), the height mr <= 5
// and the width nr. The arguments are those of the micro-kernels; see micro.gen.ts.
import * as wide from "./wide.gen";

/** A packed panel of 16 columns. */
function packed_16(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) wide.wide_f32_rp_5x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_rp_4x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_rp_3x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_rp_2x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_rp_1x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) wide.wide_f32_cp_5x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_cp_4x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_cp_3x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_cp_2x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_cp_1x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** A packed panel of 12 columns. */
function packed_12(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) wide.wide_f32_rp_5x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_rp_4x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_rp_3x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_rp_2x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_rp_1x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) wide.wide_f32_cp_5x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_cp_4x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_cp_3x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_cp_2x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_cp_1x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** A packed panel of 8 columns. */
function packed_8(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) wide.wide_f32_rp_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_rp_4x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_rp_3x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_rp_2x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_rp_1x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) wide.wide_f32_cp_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_cp_4x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_cp_3x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_cp_2x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_cp_1x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** A packed panel of 4 columns. */
function packed_4(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) wide.wide_f32_rp_5x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_rp_4x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_rp_3x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_rp_2x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_rp_1x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) wide.wide_f32_cp_5x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_cp_4x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_cp_3x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_cp_2x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_cp_1x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** 16 columns of B as it is. */
function raw_16(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) wide.wide_f32_rs_5x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_rs_4x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_rs_3x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_rs_2x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_rs_1x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) wide.wide_f32_cs_5x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_cs_4x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_cs_3x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_cs_2x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_cs_1x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** 8 columns of B as it is. */
function raw_8(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) wide.wide_f32_rs_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_rs_4x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_rs_3x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_rs_2x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_rs_1x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) wide.wide_f32_cs_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) wide.wide_f32_cs_4x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) wide.wide_f32_cs_3x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) wide.wide_f32_cs_2x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else wide.wide_f32_cs_1x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** A packed panel of nr columns: 4, 8, 12 or 16. */
export function tile_wide(
  rows: bool, mr: u32, nr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (nr == 16) packed_16(rows, mr, c, ldc, init, ldi, a, lda, b, 0, k, floor, tiles, next_a);
  else if (nr == 12) packed_12(rows, mr, c, ldc, init, ldi, a, lda, b, 0, k, floor, tiles, next_a);
  else if (nr == 8) packed_8(rows, mr, c, ldc, init, ldi, a, lda, b, 0, k, floor, tiles, next_a);
  else packed_4(rows, mr, c, ldc, init, ldi, a, lda, b, 0, k, floor, tiles, next_a);
}

/** nr columns of B as it is: 8, 16 or, for a single row, 32. */
export function tile_raw_wide(
  rows: bool, mr: u32, nr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32,
  floor: f32, tiles: u32, next_a: usize,
): void {
  if (nr == 16) raw_16(rows, mr, c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  else if (nr == 8) raw_8(rows, mr, c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  else if (rows) wide.wide_f32_rs_1x32(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  else wide.wide_f32_cs_1x32(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
}
