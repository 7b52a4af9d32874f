// The path of short sums over wide outputs: C is most of what is moved, so tiles go side by side along its rows, a block of B at a time that
// stays in the nearest cache.
//
// Tiles have 5 rows or 4, which gives any number of rows from 12 on; where it does not, and in the last columns, a tile lies over what the
// one before it has computed: both get the same bits.
import { pack_b_columns } from "./pack";
import { MR, NR, SHORT_ELEMENTS } from "./constants";
import { point, SHORT_TILE } from "./plan";
import { short_4x8, short_4x8_masked, short_5x8, short_5x8_masked, wide_4x8, wide_4x8_masked, wide_5x8, wide_5x8_masked } from "./short.gen";

const LOW: u32 = MR - 1;

/** Four vectors at `to`, `step` bytes apart: each lane of x in all lanes. */
// @ts-ignore: decorator
@inline
function spread_lanes(to: usize, step: usize, x: v128): void {
  v128.store(to, v128.shuffle<f32>(x, x, 0, 0, 0, 0));
  v128.store(to + step, v128.shuffle<f32>(x, x, 1, 1, 1, 1));
  v128.store(to + 2 * step, v128.shuffle<f32>(x, x, 2, 2, 2, 2));
  v128.store(to + 3 * step, v128.shuffle<f32>(x, x, 3, 3, 3, 3));
}

/** to[k][i] = scale·a[i][k] in all lanes, for mr rows that lie k-contiguous. */
function spread_rows(to: usize, a: usize, lda: usize, mr: u32, K: u32, scale: v128): void {
  const step = <usize>mr << 4;
  for (let i: u32 = 0; i < mr; i++) {
    let x = a + lda * i;
    let y = to + (<usize>i << 4);
    let left = K;
    for (; left >= 4; left -= 4) {
      spread_lanes(y, step, f32x4.mul(v128.load(x), scale));
      x += 16;
      y += step << 2;
    }
    for (; left > 0; left--) {
      v128.store(y, f32x4.mul(v128.load32_splat(x), scale));
      x += 4;
      y += step;
    }
  }
}

/** to[k][i] = scale·a[k][i] in all lanes, for mr = 4 or 5 columns that lie m-contiguous. */
function spread_columns(to: usize, a: usize, lda: usize, mr: u32, K: u32, scale: v128): void {
  for (; K > 0; K--) {
    spread_lanes(to, 16, f32x4.mul(v128.load(a), scale));
    if (mr == MR) v128.store(to, f32x4.mul(v128.load32_splat(a, 16), scale), 64);
    to += <usize>mr << 4;
    a += lda;
  }
}

/**
 * The share [from, to) of one matrix, by columns: C = scale·op(A)·op(B), or 0 where mask (0: none), which lies as C does, is not above 0.
 * For what `is_short` says of the shape; the other arguments are those of `gemm_f32`.
 */
export function gemm_short(
  c: usize, a: usize, b: usize, mask: usize, scale: f32, M: u32, N: u32, K: u32, lda: u32, ldb: u32, ldc: u32,
  trans_a: bool, trans_b: bool, slice: usize, from: u32, to: u32,
): void {
  const full = N / NR;
  const panels = (N + NR - 1) / NR;
  const end = <u32>point(to, panels);
  // A narrow B is near as a whole.
  const side = N * K <= 2 * SHORT_ELEMENTS && !trans_b ? panels : SHORT_ELEMENTS / (NR * K);
  const factor = f32x4.splat(scale);
  const fours = (MR - (M % MR)) % MR;
  const low = fours * LOW <= M ? fours * LOW : M;
  const step_a = <usize>lda << 2;
  const step_c = <usize>ldc << 2;
  // Bᵀ is packed in panels, B read as it is.
  const block = slice + SHORT_TILE;
  const step_b = <usize>(trans_b ? NR : ldb) << 2;
  const next_b = <usize>(trans_b ? NR * K : NR) << 2;
  for (let p = <u32>point(from, panels); p < end; ) {
    let tiles = min(side, min(end, full) - p);
    let n = p * NR;
    if (p == full) {
      tiles = 1;
      n = N - NR;
    }
    if (trans_b) {
      for (let i: u32 = 0; i < tiles; i++) {
        pack_b_columns(block + next_b * i, b + ((<usize>(n + i * NR) * ldb) << 2), ldb, K, NR, NR);
      }
    }
    const near = trans_b ? block : b + (<usize>n << 2);
    for (let m: u32 = 0; m < M; ) {
      const left = M - m;
      const mr: u32 = left <= low ? LOW : MR;
      if (left < mr) m = M - mr;
      const at = step_c * m + (<usize>n << 2);
      if (trans_a) spread_columns(slice, a + (<usize>m << 2), step_a, mr, K, factor);
      else spread_rows(slice, a + step_a * m, step_a, mr, K, factor);
      if (WIDE) {
        if (mask == 0) {
          if (mr == MR) wide_5x8(c + at, step_c, slice, near, step_b, next_b, K, tiles);
          else wide_4x8(c + at, step_c, slice, near, step_b, next_b, K, tiles);
        } else if (mr == MR) wide_5x8_masked(c + at, step_c, slice, near, step_b, next_b, K, tiles, mask + at);
        else wide_4x8_masked(c + at, step_c, slice, near, step_b, next_b, K, tiles, mask + at);
      } else if (mask == 0) {
        if (mr == MR) short_5x8(c + at, step_c, slice, near, step_b, next_b, K, tiles);
        else short_4x8(c + at, step_c, slice, near, step_b, next_b, K, tiles);
      } else if (mr == MR) short_5x8_masked(c + at, step_c, slice, near, step_b, next_b, K, tiles, mask + at);
      else short_4x8_masked(c + at, step_c, slice, near, step_b, next_b, K, tiles, mask + at);
      m += mr;
    }
    p += tiles;
  }
}
