// Winograd's products, one a frequency, in panels of eight columns. Steps and addresses are bytes.
import { tile_raw_wide, tile_wide } from "../gemm/tile-wide";
import { MOST_STEPS } from "./constants";
import { add_f32 } from "./copy";
import { columns_at } from "./winograd-pieces";
import { winograd_columns_4x8, winograd_rows_4x8, winograd_rows_5x8 } from "./winograd.gen";
import { Block, end_with, first_with } from "./winograd-tiles";

/** A row from which the wide binary's tiles begin. */
const ZEROS = memory.data<f32>([0, 0, 0, 0, 0, 0, 0, 0]);

/** How many of `rows` are computed in tiles of four; the rest are fives. */
// @ts-ignore: decorator
@inline
function fours_of(rows: u32): u32 {
  const fours: u32 = (5 - (rows % 5)) % 5;
  return fours << 2 > rows ? (rows + 3) >> 2 : fours;
}

/**
 * M[frequency][tile][8] = A[frequency]·panel[frequency] for the tiles of a block that have the frequency: rows of A lda apart,
 * panel [n·n][K][8]. kinds: which of the K a frequency needs (winograd-pieces.ts); where none, M is zeros. More than MOST_STEPS are summed in even
 * chunks, which are added in order; M has room for one behind its last frequency.
 */
export function multiply_panel(
  M: usize, m_step: usize, a: usize, a_step: usize, lda: usize, panel: usize, K: u32, kinds: usize, n: u32, block: Block,
): void {
  const chunk = M + m_step * n * n;
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < n; j++) {
      const first = first_with(block, j, n);
      const end = end_with(block, i, j, n);
      if (first < end) {
        const rows = end - first;
        const fours = fours_of(rows);
        const fives = rows > 4 * fours ? (rows - 4 * fours) / 5 : 0;
        const c = M + (<usize>first << 5);
        const needed = columns_at(kinds, i, j, n);
        const k = needed.count;
        if (k == 0) memory.fill(c, 0, <usize>rows << 5);
        else {
          let at = a + lda * first + (<usize>needed.begin << 2);
          let b = panel + (<usize>needed.begin << 5);
          let to = c;
          let left = k;
          for (let chunks = (k + MOST_STEPS - 1) / MOST_STEPS; chunks > 0; chunks--) {
            const steps = ((left >> 2) + chunks - 1) / chunks << 2;
            const to_fours = to + 160 * <usize>fives;
            const a_fours = at + lda * 5 * fives;
            if (WIDE) {
              tile_wide(true, 5, 8, to, 32, ZEROS, 0, at, lda, b, steps, -Infinity, fives, lda * 5);
              tile_wide(true, 4, 8, to_fours, 32, ZEROS, 0, a_fours, lda, b, steps, -Infinity, fours, lda * 4);
            } else {
              winograd_rows_5x8(to, at, lda, b, steps, fives);
              winograd_rows_4x8(to_fours, a_fours, lda, b, steps, fours);
            }
            if (to == chunk) add_f32(c, chunk, rows << 3);
            to = chunk;
            at += <usize>steps << 2;
            b += <usize>steps << 5;
            left -= steps;
          }
        }
      }
      M += m_step;
      a += a_step;
      panel += <usize>K << 5;
    }
  }
}

/** sums[frequency][panel of 8 filters][channel][8] += V[frequency]ᵀ·W[frequency] over a block's tiles, for panels [begin, end); lines are ldv and ldw apart.
 * C comes in fours.
 * kinds: which of the C a frequency needs; the sums of the others stay. */
export function add_products(
  sums: usize, sum_step: usize, V: usize, v_step: usize, ldv: usize, W: usize, w_step: usize, ldw: usize, begin: u32, end: u32, C: u32,
  kinds: usize, n: u32, block: Block,
): void {
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < n; j++) {
      const first = first_with(block, j, n);
      const last = end_with(block, i, j, n);
      const needed = columns_at(kinds, i, j, n);
      if (first < last && needed.count != 0) {
        const a = V + ldv * first + (<usize>needed.begin << 2);
        let b = W + ldw * first + (<usize>begin << 5);
        let c = sums + ((<usize>begin * C + needed.begin) << 5);
        for (let p = begin; p < end; p++) {
          if (WIDE) tile_raw_wide(false, 4, 8, c, 32, c, 32, a, ldv, b, ldw, last - first, -Infinity, needed.count >> 2, 16);
          else winograd_columns_4x8(c, a, ldv, b, ldw, last - first, needed.count >> 2);
          c += <usize>C << 5;
          b += 32;
        }
      }
      sums += sum_step;
      V += v_step;
      W += w_step;
    }
  }
}
