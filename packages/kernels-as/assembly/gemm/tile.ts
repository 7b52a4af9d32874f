// Which micro-kernel computes a tile: by the flavour of A (`rows`: k-contiguous rows, else m-contiguous columns), B's, and the height mr.
// The arguments are those of the micro-kernels; see micro.gen.ts.
import * as micro from "./micro.gen";

/** A packed panel of 8 columns, mr <= 5. */
export function tile_8(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) micro.gemm_f32_rp_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) micro.gemm_f32_rp_4x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) micro.gemm_f32_rp_3x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) micro.gemm_f32_rp_2x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else micro.gemm_f32_rp_1x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else if (!ASC_FEATURE_RELAXED_SIMD && mr == 5 && lda == 5 << 2) {
    micro.gemm_f32_tp_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) micro.gemm_f32_cp_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) micro.gemm_f32_cp_4x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) micro.gemm_f32_cp_3x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) micro.gemm_f32_cp_2x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else micro.gemm_f32_cp_1x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** A packed panel of 12 columns, mr <= 3. */
export function tile_12(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 3) micro.gemm_f32_rp_3x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) micro.gemm_f32_rp_2x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else micro.gemm_f32_rp_1x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 3) micro.gemm_f32_cp_3x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) micro.gemm_f32_cp_2x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else micro.gemm_f32_cp_1x12(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** A packed panel of 4 columns, mr <= 5. */
export function tile_4(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) micro.gemm_f32_rp_5x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) micro.gemm_f32_rp_4x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) micro.gemm_f32_rp_3x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) micro.gemm_f32_rp_2x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else micro.gemm_f32_rp_1x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) micro.gemm_f32_cp_5x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) micro.gemm_f32_cp_4x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) micro.gemm_f32_cp_3x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) micro.gemm_f32_cp_2x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else micro.gemm_f32_cp_1x4(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** 8 columns of B as it is, mr <= 5. */
export function tile_raw_8(
  rows: bool, mr: u32, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) {
    if (mr == 5) micro.gemm_f32_rs_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) micro.gemm_f32_rs_4x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) micro.gemm_f32_rs_3x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) micro.gemm_f32_rs_2x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else micro.gemm_f32_rs_1x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  } else {
    if (mr == 5) micro.gemm_f32_cs_5x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 4) micro.gemm_f32_cs_4x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 3) micro.gemm_f32_cs_3x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else if (mr == 2) micro.gemm_f32_cs_2x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
    else micro.gemm_f32_cs_1x8(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  }
}

/** One row, 32 columns of B as it is. */
export function tile_raw_1x32(
  rows: bool, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) micro.gemm_f32_rs_1x32(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  else micro.gemm_f32_cs_1x32(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
}

/** Two rows, 16 columns of B as it is. */
export function tile_raw_2x16(
  rows: bool, c: usize, ldc: usize, init: usize, ldi: usize, a: usize, lda: usize, b: usize, ldb: usize, k: u32, floor: f32,
  tiles: u32, next_a: usize,
): void {
  if (rows) micro.gemm_f32_rs_2x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
  else micro.gemm_f32_cs_2x16(c, ldc, init, ldi, a, lda, b, ldb, k, floor, tiles, next_a);
}

/** mr <= 5 lines of P times nr <= 2 lines of Q, all k-contiguous. */
export function tile_dot(
  mr: u32, nr: u32, c: usize, cp: usize, cq: usize, init: usize, initp: usize, initq: usize, p: usize, ldp: usize, q: usize, ldq: usize,
  k: u32, floor: f32,
): void {
  if (nr == 2) {
    if (mr == 5) micro.gemm_f32_dot_5x2(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
    else if (mr == 4) micro.gemm_f32_dot_4x2(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
    else if (mr == 3) micro.gemm_f32_dot_3x2(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
    else if (mr == 2) micro.gemm_f32_dot_2x2(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
    else micro.gemm_f32_dot_1x2(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
  } else {
    if (mr == 5) micro.gemm_f32_dot_5x1(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
    else if (mr == 4) micro.gemm_f32_dot_4x1(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
    else if (mr == 3) micro.gemm_f32_dot_3x1(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
    else if (mr == 2) micro.gemm_f32_dot_2x1(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
    else micro.gemm_f32_dot_1x1(c, cp, cq, init, initp, initq, p, ldp, q, ldq, k, floor);
  }
}
