// The path of tiny outputs: rows of A times columns of B, both k-contiguous, each pair summed in four lanes over all of k.
import { pack_b_column } from "./pack";
import { PACKED, point } from "./plan";
import { tile_dot } from "./tile";

const ROWS: u32 = 4;
const COLUMNS: u32 = 2;

/** The share [from, to) of one matrix: its arguments are those of `gemm_f32`, A is not transposed. */
export function gemm_dot(
  c: usize, a: usize, b: usize, bias: usize, M: u32, N: u32, K: u32, lda: u32, ldb: u32, ldc: u32,
  trans_b: bool, accumulate: bool, floor: f32, slice: usize, from: u32, to: u32,
): void {
  const across = (N + COLUMNS - 1) / COLUMNS;
  const tiles = <u64>((M + ROWS - 1) / ROWS) * across;
  const begin = point(from, tiles);
  const end = point(to, tiles);
  if (begin == end) return;
  if (!trans_b) {
    for (let n: u32 = 0; n < N; n++) pack_b_column(slice + PACKED + ((<usize>n * K) << 2), b + (<usize>n << 2), ldb, K);
    b = slice + PACKED;
    ldb = K;
  }
  const step_a = <usize>lda << 2;
  const step_b = <usize>ldb << 2;
  const step_c = <usize>ldc << 2;
  for (let t = begin; t < end; t++) {
    const m = <u32>(t / across) * ROWS;
    const n = <u32>(t % across) * COLUMNS;
    const mr = min(ROWS, M - m);
    const nr = min(COLUMNS, N - n);
    const out = c + step_c * m + (<usize>n << 2);
    let init = out;
    let step_init = step_c;
    if (!accumulate) {
      init = bias == 0 ? slice : bias + (<usize>n << 2);
      step_init = 0;
    } else if (bias != 0) {
      for (let i: u32 = 0; i < mr; i++) {
        for (let j: u32 = 0; j < nr; j++) {
          const at = out + step_c * i + (<usize>j << 2);
          f32.store(at, f32.load(at) + f32.load(bias + (<usize>(n + j) << 2)));
        }
      }
    }
    tile_dot(mr, nr, out, step_c, init, step_init, a + step_a * m, step_a, b + step_b * n, step_b, K, floor);
  }
}
