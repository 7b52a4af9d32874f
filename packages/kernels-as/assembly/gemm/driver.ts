// The door of the family: `gemm_f32` deals the work out to the threads and hands each matrix to its path.
import { dropout_scale, kept_of } from "../elementwise/dropout";
import { EDGE_BIAS, EDGE_TILE } from "./constants";
import { full_panels, gemm_path, is_short, PANEL, PATH_DOT, PATH_RAW, scratch_slice, SHARE } from "./plan";
import { gemm_dot } from "./path-dot";
import { gemm_panels } from "./path-panels";
import { gemm_raw } from "./path-raw";
import { gemm_short } from "./path-short";

/**
 * C = act(op(A)·op(B) [+ bias] [+ C]) for each of `batch` matrices: C [M, N], op(A) [M, K], op(B) [K, N], all row-major.
 *
 * c, a, b, bias: byte addresses; bias [N] is added to every row, 0 for none. lda, ldb, ldc: elements from row to row as stored, so
 * A is [K, M] when trans_a. stride_a, stride_b, stride_c: elements from one matrix of the batch to the next. activation: 0 none, 1 ReLU.
 * scratch: `gemm_f32_scratch_bytes` bytes, 64-byte aligned. C overlaps neither A nor B. K = 0 leaves act(bias + C).
 */
export function gemm_f32(
  c: usize, a: usize, b: usize, bias: usize, M: u32, N: u32, K: u32, lda: u32, ldb: u32, ldc: u32,
  trans_a: bool, trans_b: bool, accumulate: bool, activation: u32, scratch: usize,
  batch: u32, stride_a: u32, stride_b: u32, stride_c: u32, thread: u32, threads: u32,
): void {
  if (M == 0 || N == 0 || batch == 0) return;
  if (batch > 1 && !trans_a && stride_b == 0 && stride_a == M * lda && stride_c == M * ldc) {
    // One B for all: the matrices on top of each other are one.
    M *= batch;
    batch = 1;
  } else if (batch == 1 && trans_a && N == 1 && ldc == 1 && bias == 0) {
    // Aᵀ·b is (bᵀ·A)ᵀ, and a column without gaps is a row.
    const t = a;
    a = b;
    b = t;
    const ld = lda;
    lda = trans_b ? 1 : ldb;
    ldb = ld;
    trans_b = false;
    N = M;
    M = 1;
  }
  const slice = scratch + <usize>scratch_slice(M, N, K, trans_a, trans_b) * thread;
  memory.fill(slice, 0, EDGE_TILE);
  if (bias != 0) {
    const from = full_panels(N) * PANEL;
    memory.copy(slice + EDGE_BIAS, bias + (<usize>from << 2), <usize>(N - from) << 2);
  }
  const floor: f32 = activation == 1 ? 0 : -Infinity;
  const path = gemm_path(M, N, K, trans_a, trans_b);
  const short = is_short(M, N, K) && bias == 0 && !accumulate && activation == 0;
  // The batch is a line of `batch` pieces, SHARE long each, of which every thread gets an equal part.
  const each: u64 = SHARE;
  const begin = (each * batch * thread) / threads;
  const end = (each * batch * (thread + 1)) / threads;
  for (let item = begin / each; item * each < end; item++) {
    const first = item * each;
    const from = <u32>((begin > first ? begin : first) - first);
    const to = <u32>((end < first + each ? end : first + each) - first);
    const ci = c + ((<usize>item * stride_c) << 2);
    const ai = a + ((<usize>item * stride_a) << 2);
    const bi = b + ((<usize>item * stride_b) << 2);
    if (short) gemm_short(ci, ai, bi, 0, 1, M, N, K, lda, ldb, ldc, trans_a, trans_b, slice, from, to);
    else if (path == PATH_DOT) gemm_dot(ci, ai, bi, bias, M, N, K, lda, ldb, ldc, trans_b, accumulate, floor, slice, from, to);
    else if (path == PATH_RAW) {
      gemm_raw(ci, ai, bi, bias, M, N, K, lda, ldb, ldc, trans_a, accumulate, floor, slice, from, to);
    } else {
      gemm_panels(ci, ai, bi, bias, M, N, K, lda, ldb, ldc, trans_a, trans_b, accumulate, floor, slice, from, to);
    }
  }
}

/**
 * C = mask > 0 ? scale·op(A)·op(B) : 0 for what `is_short` says of the shape: a gradient on its way back through y = ReLU(x), or through
 * y = dropout(ReLU(x)), whose mask is y. It may be C where no tile lies over another: see `masksInPlace` in TypeScript. rate: byte address of the
 * dropout's rate, 0 for none. The other arguments are those of `gemm_f32`.
 */
export function gemm_masked_f32(
  c: usize, a: usize, b: usize, mask: usize, rate: usize, M: u32, N: u32, K: u32, lda: u32, ldb: u32, ldc: u32,
  trans_a: bool, trans_b: bool, scratch: usize, thread: u32, threads: u32,
): void {
  const slice = scratch + <usize>scratch_slice(M, N, K, trans_a, trans_b) * thread;
  const scale: f32 = rate == 0 ? 1 : dropout_scale(kept_of(load<f32>(rate)));
  const each: u64 = SHARE;
  const from = <u32>((each * thread) / threads);
  const to = <u32>((each * (thread + 1)) / threads);
  gemm_short(c, a, b, mask, scale, M, N, K, lda, ldb, ldc, trans_a, trans_b, slice, from, to);
}
