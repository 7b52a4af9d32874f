// The path of few rows: B is read as it is, since a copy would hardly be read again; only the columns beyond the last eighth are packed.
import { add_bias, copy_tile, only_activate } from "./edge";
import { pack_b_rows } from "./pack";
import { EDGE_BIAS, EDGE_TILE, MR, NARROW, NR, PACKED } from "./constants";
import { chunk_length, full_panels, PANEL, point, tile_rows, tile_run } from "./plan";
import { tile_4, tile_8, tile_raw_1x32, tile_raw_2x16, tile_raw_8 } from "./tile";
import { tile_raw_wide, tile_wide } from "./tile-wide";

/** The share [from, to) of one matrix, by columns: its arguments are those of `gemm_f32`, B is not transposed. */
export function gemm_raw(
  c: usize, a: usize, b: usize, bias: usize, M: u32, N: u32, K: u32, lda: u32, ldb: u32, ldc: u32,
  trans_a: bool, accumulate: bool, floor: f32, slice: usize, from: u32, to: u32,
): void {
  const panels = (N + NR - 1) / NR;
  const p_begin = <u32>point(from, panels);
  const p_end = <u32>point(to, panels);
  if (p_begin == p_end) return;
  const full = N / NR;
  const kc_most = chunk_length(K);
  const chunks: u32 = K == 0 ? 1 : (K + kc_most - 1) / kc_most;
  const row_a: usize = trans_a ? 4 : <usize>lda << 2;
  const step_a: usize = trans_a ? <usize>lda << 2 : 4;
  const step_b = <usize>ldb << 2;
  const step_c = <usize>ldc << 2;
  const lda_tile = <usize>lda << 2;
  const rows = !trans_a;

  for (let chunk: u32 = 0; chunk < chunks; chunk++) {
    const k0 = chunk * kc_most;
    const kc = min(kc_most, K - k0);
    const least: f32 = chunk == chunks - 1 ? floor : -Infinity;
    const a_k = a + step_a * k0;
    const b_k = b + step_b * k0;
    for (let p = p_begin; p < p_end; ) {
      const n = p * NR;
      const edge = p == full;
      let width: u32 = edge ? N - n : NR;
      // One or two rows: more columns at a time, so that enough sums are under way.
      if (kc > 0 && M == 1 && p + 4 <= min(full, p_end)) width = 4 * NR;
      else if (kc > 0 && (M == 2 || WIDE) && p + 2 <= min(full, p_end)) width = 2 * NR;
      const nr: u32 = width <= NARROW ? NARROW : width <= NR ? NR : width;
      const b_n = b_k + (<usize>n << 2);
      if (edge) pack_b_rows(slice + PACKED, b_n, ldb, kc, width, nr);
      const bias_here = bias == 0 ? slice : edge ? slice + edge_bias(N) : bias + (<usize>n << 2);
      for (let m: u32 = 0; m < M; ) {
        const mr = tile_rows(M - m, MR);
        const tiles: u32 = edge ? 1 : tile_run(M - m, M - m, mr);
        const next = row_a * mr;
        const home = c + step_c * m + (<usize>n << 2);
        const out = edge ? slice + EDGE_TILE : home;
        const step_out = edge ? <usize>nr << 2 : step_c;
        let init = out;
        let step_init = step_out;
        if (chunk == 0 && !accumulate) {
          init = bias_here;
          step_init = 0;
        } else {
          if (edge) copy_tile(out, step_out, home, step_c, mr, width);
          if (chunk == 0 && bias != 0) add_bias(out, step_out, bias_here, mr * tiles, width);
        }
        const tile_a = a_k + row_a * m;
        if (kc == 0) only_activate(out, step_out, init, step_init, mr * tiles, width, least);
        else if (edge) {
          if (WIDE) tile_wide(rows, mr, nr, out, step_out, init, step_init, tile_a, lda_tile, slice + PACKED, kc, least, tiles, next);
          else if (nr == NR) tile_8(rows, mr, out, step_out, init, step_init, tile_a, lda_tile, slice + PACKED, 0, kc, least, tiles, next);
          else tile_4(rows, mr, out, step_out, init, step_init, tile_a, lda_tile, slice + PACKED, 0, kc, least, tiles, next);
        } else if (WIDE) {
          tile_raw_wide(rows, mr, width, out, step_out, init, step_init, tile_a, lda_tile, b_n, step_b, kc, least, tiles, next);
        } else if (width == NR) tile_raw_8(rows, mr, out, step_out, init, step_init, tile_a, lda_tile, b_n, step_b, kc, least, tiles, next);
        else if (mr == 1) tile_raw_1x32(rows, out, step_out, init, step_init, tile_a, lda_tile, b_n, step_b, kc, least, tiles, next);
        else tile_raw_2x16(rows, out, step_out, init, step_init, tile_a, lda_tile, b_n, step_b, kc, least, tiles, next);
        if (edge) copy_tile(home, step_c, out, step_out, mr, width);
        m += mr * tiles;
      }
      p += (width + NR - 1) / NR;
    }
  }
}

/** Where the padded bias of the columns beyond the last eighth lies: the driver's copy begins at the last panel, which may be broader. */
// @ts-ignore: decorator
@inline
function edge_bias(N: u32): usize {
  return EDGE_BIAS + (<usize>(N / NR * NR - full_panels(N) * PANEL) << 2);
}
