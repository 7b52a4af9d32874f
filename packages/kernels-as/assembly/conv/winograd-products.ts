// Winograd's products, one a frequency, a panel at a time. Steps and addresses are bytes.
import { tile_raw_wide, tile_wide } from "../gemm/tile-wide";
import { MATRIX_GAP, MOST_STEPS } from "./constants";
import { add_f32 } from "../math/copy";
import { line_of, padded_to_eight, PANEL, panel_width } from "./geometry";
import { columns_at } from "./winograd-pieces";
import { winograd_columns_4x8, winograd_rows_4x8, winograd_rows_5x8 } from "./winograd.gen";
import { Block, end_with, first_with } from "./winograd-tiles";

/** What sums begin from: a row of the wide binary's tiles, or a whole tile of the others. */
const ZEROS = memory.data(128, 16);

/** sums += chunk, of panels [begin, end) at all frequencies; as in `add_products`. */
export function add_chunk(sums: usize, chunk: usize, sum_step: usize, begin: u32, end: u32, C: u32, F: u32, frequencies: u32): void {
  const from = <usize>(begin * PANEL * C) << 2;
  const values = (min(end * PANEL, padded_to_eight(F)) - begin * PANEL) * C;
  for (let i: u32 = 0; i < frequencies; i++) {
    add_f32(sums + from, chunk + from, values);
    sums += sum_step;
    chunk += sum_step;
  }
}

/** How many of `rows` are computed in tiles of four; the rest are fives. */
// @ts-ignore: decorator
@inline
function fours_of(rows: u32): u32 {
  const fours: u32 = (5 - (rows % 5)) % 5;
  return fours << 2 > rows ? (rows + 3) >> 2 : fours;
}

/**
 * M[frequency][tile][columns] = A[frequency]·panel[frequency] for the tiles of a block that have the frequency: rows of A lda apart,
 * panel [n·n][K][columns], MATRIX_GAP bytes between frequencies. kinds: which of the K a frequency needs (winograd-pieces.ts); where none, M is zeros. More than MOST_STEPS are summed in even
 * chunks, which are added in order; M has room for one behind its last frequency.
 */
export function multiply_panel(
  M: usize, m_step: usize, a: usize, a_step: usize, lda: usize, panel: usize, columns: u32, K: u32, kinds: usize, n: u32, block: Block,
): void {
  const line = line_of(columns);
  const chunk = M + m_step * n * n;
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < n; j++) {
      const first = first_with(block, j, n);
      const end = end_with(block, i, j, n);
      if (first < end) {
        const rows = end - first;
        const fours = fours_of(rows);
        const fives = rows > 4 * fours ? (rows - 4 * fours) / 5 : 0;
        const c = M + line * first;
        const needed = columns_at(kinds, i, j, n);
        const k = needed.count;
        if (k == 0) memory.fill(c, 0, line * rows);
        else {
          let at = a + lda * first + (<usize>needed.begin << 2);
          let b = panel + line * needed.begin;
          let to = c;
          let left = k;
          for (let chunks = (k + MOST_STEPS - 1) / MOST_STEPS; chunks > 0; chunks--) {
            const steps = ((left >> 2) + chunks - 1) / chunks << 2;
            const to_fours = to + line * 5 * fives;
            const a_fours = at + lda * 5 * fives;
            if (WIDE) {
              tile_wide(true, 5, columns, to, line, ZEROS, 0, at, lda, b, steps, -Infinity, fives, lda * 5);
              tile_wide(true, 4, columns, to_fours, line, ZEROS, 0, a_fours, lda, b, steps, -Infinity, fours, lda * 4);
            } else {
              winograd_rows_5x8(to, at, lda, b, steps, fives);
              winograd_rows_4x8(to_fours, a_fours, lda, b, steps, fours);
            }
            if (to == chunk) add_f32(c, chunk, rows * <u32>(line >> 2));
            to = chunk;
            at += <usize>steps << 2;
            b += line * steps;
            left -= steps;
          }
        }
      }
      M += m_step;
      a += a_step;
      panel += line * K + MATRIX_GAP;
    }
  }
}

/** sums[frequency][panel of F][channel][columns] += V[frequency]ᵀ·W[frequency] over a block's tiles, for panels [begin, end); lines are ldv and ldw apart.
 * C comes in fours. kinds: which of the C a frequency needs; the sums of the others stay. opens: the sums begin with this block, from zeros. */
export function add_products(
  sums: usize, sum_step: usize, V: usize, v_step: usize, ldv: usize, W: usize, w_step: usize, ldw: usize, begin: u32, end: u32, C: u32, F: u32,
  kinds: usize, opens: bool, n: u32, block: Block,
): void {
  const from = <usize>(begin * PANEL * C) << 2;
  const to = <usize>(min(end * PANEL, padded_to_eight(F)) * C) << 2;
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < n; j++) {
      const first = first_with(block, j, n);
      const last = end_with(block, i, j, n);
      const needed = columns_at(kinds, i, j, n);
      const none = first >= last || needed.count == 0;
      if (opens && (none || needed.count != C)) memory.fill(sums + from, 0, to - from);
      if (!none) {
        const a = V + ldv * first + (<usize>needed.begin << 2);
        for (let p = begin; p < end; p++) {
          const f = p * PANEL;
          const columns = panel_width(F, f);
          const line = line_of(columns);
          const b = W + ldw * first + (<usize>f << 2);
          const c = sums + ((<usize>f * C) << 2) + line * needed.begin;
          const init = opens ? ZEROS : c;
          if (WIDE) tile_raw_wide(false, 4, columns, c, line, init, opens ? 0 : line, a, ldv, b, ldw, last - first, -Infinity, needed.count >> 2, 16);
          else winograd_columns_4x8(c, init, opens ? 0 : 128, a, ldv, b, ldw, last - first, needed.count >> 2);
        }
      }
      sums += sum_step;
      V += v_step;
      W += w_step;
    }
  }
}
