// The path of tiny outputs: rows of A times columns of B, both k-contiguous, each pair summed in four lanes.
//
// A tile takes 5 lines of one side and 2 of the other: 5 columns where there are as many, else 5 rows. k is cut into chunks of DOT_KC,
// whose sums are added in order, so that what a tile shares with the next stays in the nearest cache.
import { pack_b_column } from "./pack";
import { DOT_KC, MR, PACKED } from "./constants";
import { point } from "./plan";
import { tile_dot } from "./tile";

/** Lines of the other side in a tile. */
const ACROSS: u32 = 2;

/** The share [from, to) of one matrix: its arguments are those of `gemm_f32`, A is not transposed. */
export function gemm_dot(
  c: usize, a: usize, b: usize, bias: usize, M: u32, N: u32, K: u32, lda: u32, ldb: u32, ldc: u32,
  trans_b: bool, accumulate: bool, floor: f32, slice: usize, from: u32, to: u32,
): void {
  const by_columns = N >= MR;
  const tall: u32 = by_columns ? ACROSS : MR;
  const wide: u32 = by_columns ? MR : ACROSS;
  const across = (N + wide - 1) / wide;
  const tiles = <u64>((M + tall - 1) / tall) * across;
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
  for (let k: u32 = 0; ; ) {
    const kc = min(DOT_KC, K - k);
    const least: f32 = k + kc == K ? floor : -Infinity;
    const from_c = k > 0 || accumulate;
    for (let t = begin; t < end; t++) {
      const m = <u32>(t / across) * tall;
      const n = <u32>(t % across) * wide;
      const rows = min(tall, M - m);
      const columns = min(wide, N - n);
      const out = c + step_c * m + (<usize>n << 2);
      if (from_c && k == 0 && bias != 0) {
        for (let i: u32 = 0; i < rows; i++) {
          for (let j: u32 = 0; j < columns; j++) {
            const at = out + step_c * i + (<usize>j << 2);
            f32.store(at, f32.load(at) + f32.load(bias + (<usize>(n + j) << 2)));
          }
        }
      }
      // From C, from the bias row, or from a zero.
      const init = from_c ? out : bias == 0 ? slice : bias + (<usize>n << 2);
      const down: usize = from_c ? step_c : 0;
      const right: usize = from_c || bias != 0 ? 4 : 0;
      const row = a + step_a * m + (<usize>k << 2);
      const column = b + step_b * n + (<usize>k << 2);
      if (by_columns) tile_dot(columns, rows, out, 4, step_c, init, right, down, column, step_b, row, step_a, kc, least);
      else tile_dot(rows, columns, out, step_c, 4, init, down, right, row, step_a, column, step_b, kc, least);
    }
    k += kc;
    if (k >= K) break;
  }
}
