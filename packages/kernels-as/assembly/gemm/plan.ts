// What depends on the shape of the whole product and on nothing else: the path, the block sizes, what is packed, the panels.
// src/instructions/gemm.ts says the same in TypeScript, and in words; a test compares the two.
import {
  BROAD, DOT_COLUMNS, DOT_LENGTH, KC, MC, MR, NARROW, NC, NR, PACKED, PACK_COLUMNS, PACK_LENGTH, PANEL_MOST, RAW_ROWS, SHORT_ELEMENTS, SHORT_K,
} from "./constants";

/** Whether a product takes the path of short sums, if it adds to nothing and no ReLU follows. */
export function is_short(M: u32, N: u32, K: u32): bool {
  return K > 0 && K <= SHORT_K && M >= MR - 1 && N >= 4 * NR;
}

/** Bytes of a tile of A of 5 rows, each element in four lanes: see path-short.ts. */
export const SHORT_TILE: usize = <usize>(MR * SHORT_K) << 4;

/** B is packed in panels, A perhaps in tiles. */
export const PATH_PANELS: u32 = 0;
/** B is read as it is. */
export const PATH_RAW: u32 = 1;
/** Rows of A times columns of B, k in the vectors' direction. */
export const PATH_DOT: u32 = 2;

export function gemm_path(M: u32, N: u32, K: u32, trans_a: bool, trans_b: bool): u32 {
  if (!trans_a && (N < NARROW || (trans_b && (M < MR || (N < DOT_COLUMNS && K >= DOT_LENGTH))))) return PATH_DOT;
  if (!trans_b && M <= RAW_ROWS) return PATH_RAW;
  return PATH_PANELS;
}

/** Whether there is room for A in tiles, and in the plain binary whether A is copied into them. */
export function packs_a(M: u32, N: u32, K: u32): bool {
  return M > RAW_ROWS && N >= PACK_COLUMNS && K >= PACK_LENGTH;
}

/** Steps of k in a chunk: chunks are as even as they go. */
export function chunk_length(K: u32): u32 {
  const chunks: u32 = K == 0 ? 1 : (K + KC - 1) / KC;
  return (K + chunks - 1) / chunks;
}

/** Rows of an unpacked A that go through all panels together, a multiple of MR: about as many as lie in the nearest cache. */
export function rows_near(kc: u32): u32 {
  const rows = 6144 / max<u32>(kc, 1);
  return max<u32>(8 * MR, rows - (rows % MR));
}

/** Columns of a full panel: the wide binary has two of the narrow ones side by side, whose vectors become one of twice the length. */
export const PANEL: u32 = WIDE ? 2 * NR : NR;

/** Full panels ahead of the last panel. */
export function full_panels(N: u32): u32 {
  if (WIDE) return N / PANEL;
  const rest = N % NR;
  return N / NR - (rest > 0 && rest <= NARROW && N > NR ? 1 : 0);
}

/** Columns of the last panel's tiles, given its true width: 0 when there is none. */
export function last_panel(width: u32): u32 {
  if (WIDE) return (width + 3) & ~3;
  return width == 0 ? 0 : width <= NARROW ? NARROW : width <= NR ? NR : BROAD;
}

/** Rows of the next tile when `left` rows are left: the last two share what is too much for one, so that none is very low. */
// @ts-ignore: decorator
@inline
export function tile_rows(left: u32, tallest: u32): u32 {
  if (left >= 2 * tallest || left == tallest) return tallest;
  return left > tallest ? (left + 1) >> 1 : left;
}

/** How many tiles of mr rows follow on each other when `left` rows of the matrix are left, of which `share` are to be done. */
// @ts-ignore: decorator
@inline
export function tile_run(left: u32, share: u32, mr: u32): u32 {
  const most = left / mr;
  return min(left % mr == 0 ? most : max(most - 1, 1), share / mr);
}

/** A row at or before `row` at which a tile begins. */
export function tile_begin(row: u32, M: u32, tallest: u32): u32 {
  const begin = row - (row % tallest);
  return M - begin >= tallest || begin < tallest ? begin : begin - tallest;
}

export function packed_a_bytes(M: u32, N: u32, K: u32): u32 {
  return packs_a(M, N, K) ? (min(M, MC + MR) * chunk_length(K) * 4 + 63) & ~63 : 0;
}

/** Bytes of scratch for one thread, a multiple of 64. */
export function scratch_slice(M: u32, N: u32, K: u32, trans_a: bool, trans_b: bool): u32 {
  const bytes = long_slice(M, N, K, trans_a, trans_b);
  return is_short(M, N, K) ? max(bytes, <u32>SHORT_TILE + (trans_b ? SHORT_ELEMENTS << 2 : 0)) : bytes;
}

/** The same for a product that does not take the path of short sums. */
function long_slice(M: u32, N: u32, K: u32, trans_a: bool, trans_b: bool): u32 {
  const path = gemm_path(M, N, K, trans_a, trans_b);
  if (path == PATH_DOT) return <u32>PACKED + (trans_b ? 0 : (N * K * 4 + 63) & ~63);
  const kc = chunk_length(K);
  // Enough for the panels of both binaries, so that a plan is made without knowing which will run it.
  const columns = path == PATH_RAW ? N % NR : min(N, NC + PANEL_MOST);
  const panels = (((columns + 3) & ~3) * kc * 4 + 63) & ~63;
  return <u32>PACKED + panels + (path == PATH_RAW ? 0 : packed_a_bytes(M, N, K));
}

/**
 * Bytes of scratch that `gemm_f32` needs for all threads together; `gemmScratchBytes` in TypeScript says the same. Enough also for what
 * the strides may allow: to take a batch as one matrix, or a column as a row.
 */
export function gemm_f32_scratch_bytes(
  M: u32, N: u32, K: u32, trans_a: bool, trans_b: bool, batch: u32, threads: u32,
): u32 {
  let bytes = scratch_slice(M, N, K, trans_a, trans_b);
  if (batch > 1) bytes = max(bytes, scratch_slice(M * batch, N, K, trans_a, trans_b));
  if (trans_a && N == 1) bytes = max(bytes, scratch_slice(1, M, K, true, false));
  return bytes * threads;
}

/** The length of one matrix on the line that is dealt out to the threads. */
export const SHARE: u32 = 1 << 24;

/** Where on a line of `length` the point `share` of SHARE lies. */
// @ts-ignore: decorator
@inline
export function point(share: u32, length: u64): u64 {
  return (length * share) / SHARE;
}
