// Tiles side by side: for sums so short that C is most of what is moved, which is best written along its rows.
import { NR, tile_rows, MR } from "./plan";
import { tile_8, tile_raw_8 } from "./tile";

const WIDTH: usize = NR << 2;

/**
 * Rows [m, end) of a matrix of M rows, `side` tiles of 8 columns each: C = max(init + A·B, floor) over k >= 1 steps.
 *
 * c, a: the elements of row m; step_c, step_a: bytes from row to row. by_rows: A is k-contiguous; lda: the micro-kernels', 0 for tiles that
 * are packed. bias: a row for all, used when `from_c` is false; `bias_next` is 0 for a row of zeros, else a tile's width.
 * b, ldb: the first panel and 0, or B as it is and the step from row to row; next_b: bytes from panel to panel.
 */
export function tiles_across(
  c: usize, step_c: usize, bias: usize, bias_next: usize, from_c: bool, a: usize, step_a: usize, lda: usize, by_rows: bool,
  b: usize, ldb: usize, next_b: usize, M: u32, m: u32, end: u32, k: u32, floor: f32, side: u32,
): void {
  while (m < end) {
    const mr = tile_rows(M - m, MR);
    const next_c = WIDTH - step_c * mr;
    const init = from_c ? c : bias;
    const step_init: usize = from_c ? step_c : 0;
    const next_init = from_c ? next_c : bias_next;
    const lda_tile: usize = lda == 0 ? <usize>mr << 2 : lda;
    if (ldb == 0) tile_8(by_rows, mr, c, step_c, init, step_init, a, lda_tile, b, 0, k, floor, side, 0, next_b, next_c, next_init);
    else tile_raw_8(by_rows, mr, c, step_c, init, step_init, a, lda_tile, b, ldb, k, floor, side, 0, next_b, next_c, next_init);
    c += step_c * mr;
    a += step_a * mr;
    m += mr;
  }
}
