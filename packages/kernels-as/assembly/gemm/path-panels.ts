// The blocked path: op(B) packed in panels, op(A) read as it is or packed in tiles.
//
//            n: panels of 8 (16 in the wide binary), the last one of 4, 8 or 12 columns, padded with zeros
//          ┌──────┬──────┬─────────┐
//        m │ tile │      │         │   tiles of at most 5 rows (3 in a narrow panel of 12); a thread's share begins and ends at a tile and
//          ├──────┼──────┼─────────┤   runs down the panels: an output is summed in the order of k, so that no bit depends on
//          │      │      │         │   the shares
//          └──────┴──────┴─────────┘
//
// k is cut into chunks, so that a panel stays in the nearest cache; the first chunk begins from bias or C, the others from C.
import { add_bias, copy_tile, only_activate } from "./edge";
import { pack_a_columns, pack_a_columns_5, pack_a_rows, pack_a_rows_5, pack_b_columns, pack_b_rows, pack_b_rows_16, pack_b_rows_32, pack_b_rows_8 } from "./pack";
import { BROAD, EDGE_BIAS, EDGE_ELEMENTS, EDGE_TILE, MC, MR, MR_BROAD, NC, NR, PACK_COLUMNS_RELAXED, PACKED } from "./constants";
import { chunk_length, full_panels, last_panel, packed_a_bytes, packs_a, PANEL, point, rows_near, tile_begin, tile_rows, tile_run } from "./plan";
import { tile_12, tile_4, tile_8 } from "./tile";
import { tile_wide } from "./tile-wide";

/** The share [from, to) of one matrix: its arguments are those of `gemm_f32`, `slice` is the thread's own scratch. */
export function gemm_panels(
  c: usize, a: usize, b: usize, bias: usize, M: u32, N: u32, K: u32, lda: u32, ldb: u32, ldc: u32,
  trans_a: bool, trans_b: bool, accumulate: bool, floor: f32, slice: usize, from: u32, to: u32,
): void {
  const full = full_panels(N);
  const last_width = N - full * PANEL;
  const nr_last = last_panel(last_width);
  const panels: u32 = full + (nr_last != 0 ? 1 : 0);
  const mr_last = nr_last == BROAD && !WIDE ? MR_BROAD : MR;

  // A share is panels p_begin to p_end, of the first without the rows ahead of row_begin, of the last only those ahead of row_end.
  // A row weighs as much as a tile's row has vectors; one of a single vector takes as long as one of two.
  const weight: u32 = PANEL / 4;
  const weight_last: u32 = max<u32>(nr_last / 4, 2);
  const down = <u64>full * M * weight;
  const line = down + (nr_last == 0 ? 0 : <u64>M * weight_last);
  const w0 = point(from, line);
  const w1 = point(to, line);
  const p_begin = w0 < down ? <u32>(w0 / (weight * <u64>M)) : full;
  let p_end = w1 < down ? <u32>(w1 / (weight * <u64>M)) : full;
  const row_begin = w0 < down ? tile_begin(<u32>(w0 % (weight * <u64>M)) / weight, M, MR)
    : tile_begin(<u32>((w0 - down) / weight_last), M, mr_last);
  let row_end = w1 < down ? tile_begin(<u32>(w1 % (weight * <u64>M)) / weight, M, MR)
    : w1 == line ? M : tile_begin(<u32>((w1 - down) / weight_last), M, mr_last);
  if (w1 == line) p_end = panels - 1;
  if (row_end == 0) {
    if (p_end == 0) return;
    p_end--;
    row_end = M;
  }
  if (p_begin > p_end || (p_begin == p_end && row_begin >= row_end)) return;

  const pack_a = packs_a(M, N, K) && ((!ASC_FEATURE_RELAXED_SIMD && !WIDE) || trans_a || N >= PACK_COLUMNS_RELAXED);
  const kc_most = chunk_length(K);
  const block = pack_a ? MC : rows_near(kc_most);
  const chunks: u32 = K == 0 ? 1 : (K + kc_most - 1) / kc_most;
  const packed_a = slice + PACKED;
  const packed_b = packed_a + packed_a_bytes(M, N, K);
  const row_a: usize = trans_a ? 4 : <usize>lda << 2;
  const step_a: usize = trans_a ? <usize>lda << 2 : 4;
  const step_c = <usize>ldc << 2;
  const step_raw = <usize>lda << 2;

  for (let chunk: u32 = 0; chunk < chunks; chunk++) {
    const k0 = chunk * kc_most;
    const kc = min(kc_most, K - k0);
    const least: f32 = chunk == chunks - 1 ? floor : -Infinity;
    const a_k = a + step_a * k0;
    const b_k = b + ((trans_b ? <usize>k0 : <usize>k0 * ldb) << 2);
    for (let p0 = p_begin; p0 <= p_end; ) {
      // The last panel goes with the full ones ahead of it.
      let p1 = min(p0 + NC / PANEL, p_end + 1);
      if (p1 == full && p_end == full) p1++;
      for (let p = p0; p < p1; p++) {
        const panel = packed_b + ((<usize>(p - p0) * PANEL * kc) << 2);
        const at = b_k + ((trans_b ? <usize>p * PANEL * ldb : <usize>p * PANEL) << 2);
        if (p < full) {
          if (trans_b) pack_b_columns(panel, at, ldb, kc, PANEL, PANEL);
          else if (WIDE) pack_b_rows_16(panel, at, ldb, kc);
          else if (p + 4 <= min(p1, full)) {
            pack_b_rows_32(panel, at, ldb, kc);
            p += 3;
          } else pack_b_rows_8(panel, at, ldb, kc);
        } else if (trans_b) pack_b_columns(panel, at, ldb, kc, last_width, nr_last);
        else pack_b_rows(panel, at, ldb, kc, last_width, nr_last);
      }
      for (let m0: u32 = 0; m0 < M; ) {
        let m1 = m0 + block;
        if (m1 + MR > M) m1 = M;
        if (pack_a && full > 0) {
          let tile = packed_a;
          for (let m = m0; m < m1; ) {
            const mr = tile_rows(M - m, MR);
            const tiles: u32 = trans_a && mr == MR ? tile_run(M - m, m1 - m, MR) : 1;
            if (trans_a) {
              if (mr == MR) pack_a_columns_5(tile, a_k + row_a * m, lda, kc, tiles);
              else pack_a_columns(tile, a_k + row_a * m, lda, kc, mr);
            } else if (mr == MR) pack_a_rows_5(tile, a_k + row_a * m, lda, kc);
            else pack_a_rows(tile, a_k + row_a * m, lda, kc, mr);
            tile += <usize>(kc * mr * tiles) << 2;
            m += mr * tiles;
          }
        }
        for (let p = p0; p < p1; p++) {
          const last = p == full;
          const tallest = last ? mr_last : MR;
          const panel = packed_b + ((<usize>(p - p0) * PANEL * kc) << 2);
          const edge = last && last_width != nr_last;
          const as_packed = pack_a && !last;
          const rows = !trans_a && !as_packed;
          const bias_here = bias == 0 ? slice : edge ? slice + EDGE_BIAS : bias + ((<usize>p * PANEL) << 2);
          // A last panel's tiles need not end where blocks end: the last panel is done with the first block, whole.
          const low: u32 = last ? 0 : m0;
          const high: u32 = last ? (m0 == 0 ? M : 0) : m1;
          const stop = min(high, p == p_end ? row_end : M);
          for (let m = max(low, p == p_begin ? row_begin : 0); m < stop; ) {
            const mr = tile_rows(M - m, tallest);
            const run = tile_run(M - m, stop - m, mr);
            const tiles: u32 = edge ? min(run, EDGE_ELEMENTS / (mr * nr_last)) : run;
            const home = c + step_c * m + ((<usize>p * PANEL) << 2);
            const out = edge ? slice + EDGE_TILE : home;
            const step_out = edge ? <usize>nr_last << 2 : step_c;
            let init = out;
            let step_init = step_out;
            if (chunk == 0 && !accumulate) {
              init = bias_here;
              step_init = 0;
            } else {
              if (edge) copy_tile(out, step_out, home, step_c, mr * tiles, last_width);
              if (chunk == 0 && bias != 0) add_bias(out, step_out, bias_here, mr * tiles, last ? last_width : PANEL);
            }
            const tile_a = as_packed ? packed_a + ((<usize>(m - m0) * kc) << 2) : a_k + row_a * m;
            const lda_tile = as_packed ? <usize>mr << 2 : step_raw;
            const next: usize = as_packed ? <usize>(mr * kc) << 2 : row_a * mr;
            if (kc == 0) only_activate(out, step_out, init, step_init, mr * tiles, last ? last_width : PANEL, least);
            else if (WIDE) {
              tile_wide(rows, mr, last ? nr_last : PANEL, out, step_out, init, step_init, tile_a, lda_tile, panel, kc, least, tiles, next);
            } else if (!last || nr_last == NR) {
              tile_8(rows, mr, out, step_out, init, step_init, tile_a, lda_tile, panel, 0, kc, least, tiles, next);
            } else if (nr_last == BROAD) {
              tile_12(rows, mr, out, step_out, init, step_init, tile_a, lda_tile, panel, 0, kc, least, tiles, next);
            } else tile_4(rows, mr, out, step_out, init, step_init, tile_a, lda_tile, panel, 0, kc, least, tiles, next);
            if (edge) copy_tile(home, step_c, out, step_out, mr * tiles, last_width);
            m += mr * tiles;
          }
        }
        m0 = m1;
      }
      p0 = p1;
    }
  }
}
