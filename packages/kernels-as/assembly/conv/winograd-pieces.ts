// A kernel of any size and stride as pieces of up to three taps a side, each of which is a 3x3 convolution of stride 1 by itself: of the
// pixels that lie `stride` apart from its first tap on. Their results add up, and they may add up at the frequencies: so all pieces
// together are one 3x3 convolution whose channels are those of the first piece, then of the second, and so on ("columns" here).
//
// A piece of one or two taps is one of three whose last tap is 0, and the point ∞ sees the last tap alone: there nothing is computed. A side
// is cut into threes and twos, and pieces lie in an order in which those that a frequency needs lie side by side:
//
//   down x across    long x short    long x long    short x long    short x short
//
//   ∞ down: the first two; ∞ across: the second and third; both: the second; all others: all
import { Geometry } from "./geometry";
import { KINDS, PIECES } from "./winograd-desk";

/** Its first tap, and how many it has: the taps between are left to others where the kernel steps over pixels. */
@unmanaged
export class Piece {
  ky: u32;
  kx: u32;
  down: u32;
  across: u32;
}

/** The columns that a kind of frequency needs. */
@unmanaged
export class Columns {
  begin: u32;
  count: u32;
}

// @ts-ignore: decorator
@inline
export function piece_at(desk: usize, index: u32): Piece {
  return changetype<Piece>(desk + PIECES + (<usize>index << 4));
}

/** Of frequency (i, j) of n a side, from a table of four. */
// @ts-ignore: decorator
@inline
export function columns_at(table: usize, i: u32, j: u32, n: u32): Columns {
  return changetype<Columns>(table + (<usize>((i == n - 1 ? 1 : 0) + (j == n - 1 ? 2 : 0)) << 3));
}

/** The taps of a kernel's side that lie `stride` apart from tap `first` on. */
// @ts-ignore: decorator
@inline
function taps_from(kernel: u32, stride: u32, first: u32): u32 {
  return (kernel - first + stride - 1) / stride;
}

/** How many of `taps` are taken three at a time, so that the rest comes in twos; a single one stays. */
// @ts-ignore: decorator
@inline
function threes_of(taps: u32): u32 {
  return taps % 3 != 1 ? taps / 3 : taps > 3 ? (taps - 4) / 3 : 0;
}

/** Pieces of three taps along a side. */
function long_pieces(kernel: u32, stride: u32): u32 {
  let count: u32 = 0;
  for (let first: u32 = 0; first < min(kernel, stride); first++) count += threes_of(taps_from(kernel, stride, first));
  return count;
}

/** Pieces of fewer. */
function short_pieces(kernel: u32, stride: u32): u32 {
  let count: u32 = 0;
  for (let first: u32 = 0; first < min(kernel, stride); first++) {
    const taps = taps_from(kernel, stride, first);
    count += (taps - 3 * threes_of(taps) + 1) >> 1;
  }
  return count;
}

export function pieces_of(w: Geometry): u32 {
  return (
    (long_pieces(w.kernel_height, w.stride_height) + short_pieces(w.kernel_height, w.stride_height)) *
    (long_pieces(w.kernel_width, w.stride_width) + short_pieces(w.kernel_width, w.stride_width))
  );
}

/** Whether the kernel is its only piece, with all taps side by side. */
// @ts-ignore: decorator
@inline
export function is_whole(w: Geometry): bool {
  return w.kernel_height == 3 && w.kernel_width == 3 && w.stride_height == 1 && w.stride_width == 1;
}

/** The first tap, times four, and the taps of piece `index` of the long ones or of the short ones along a side. */
function piece_along(kernel: u32, stride: u32, long: bool, index: u32): u32 {
  let first: u32 = 0;
  let taps = taps_from(kernel, stride, first);
  let threes = threes_of(taps);
  let own = long ? threes : (taps - 3 * threes + 1) >> 1;
  while (index >= own) {
    index -= own;
    taps = taps_from(kernel, stride, ++first);
    threes = threes_of(taps);
    own = long ? threes : (taps - 3 * threes + 1) >> 1;
  }
  if (long) return ((first + 3 * index * stride) << 2) | 3;
  const before = 3 * threes + 2 * index;
  return ((first + before * stride) << 2) | min<u32>(2, taps - before);
}

/** Writes the pieces, and the columns that each kind of frequency needs. */
export function list_pieces(desk: usize, w: Geometry): void {
  const long_down = long_pieces(w.kernel_height, w.stride_height);
  const short_down = short_pieces(w.kernel_height, w.stride_height);
  const long_across = long_pieces(w.kernel_width, w.stride_width);
  const short_across = short_pieces(w.kernel_width, w.stride_width);
  let index: u32 = 0;
  for (let group: u32 = 0; group < 4; group++) {
    const down = group < 2;
    const across = group == 1 || group == 2;
    const rows = down ? long_down : short_down;
    const columns = across ? long_across : short_across;
    for (let y: u32 = 0; y < rows; y++) {
      const vertical = piece_along(w.kernel_height, w.stride_height, down, y);
      for (let x: u32 = 0; x < columns; x++) {
        const horizontal = piece_along(w.kernel_width, w.stride_width, across, x);
        const piece = piece_at(desk, index++);
        piece.ky = vertical >> 2;
        piece.kx = horizontal >> 2;
        piece.down = vertical & 3;
        piece.across = horizontal & 3;
      }
    }
  }
  const C = w.channels;
  const skipped = long_down * short_across * C;
  set_columns(desk + KINDS, 0, 0, index * C);
  set_columns(desk + KINDS, 1, 0, long_down * (short_across + long_across) * C);
  set_columns(desk + KINDS, 2, skipped, (long_down + short_down) * long_across * C);
  set_columns(desk + KINDS, 3, skipped, long_down * long_across * C);
}

// @ts-ignore: decorator
@inline
function set_columns(table: usize, kind: u32, begin: u32, count: u32): void {
  const columns = changetype<Columns>(table + (<usize>kind << 3));
  columns.begin = begin;
  columns.count = count;
}

/** For the gradient of a panel of `columns` from c on: the filters that each kind of frequency needs, all or none. */
export function list_filters(table: usize, desk: usize, w: Geometry, c: u32, columns: u32): void {
  const a = piece_at(desk, c / w.channels);
  const last = min(c + columns - 1, pieces_of(w) * w.channels - 1);
  const b = piece_at(desk, last / w.channels);
  const down = max(a.down, b.down) == 3;
  const across = max(a.across, b.across) == 3;
  set_columns(table, 0, 0, w.filters);
  set_columns(table, 1, 0, down ? w.filters : 0);
  set_columns(table, 2, 0, across ? w.filters : 0);
  set_columns(table, 3, 0, down && across ? w.filters : 0);
}

/** The first of a tile's pixels, `stride` apart from place `at` on, that is not before the image. */
// @ts-ignore: decorator
@inline
export function first_inside(at: i32, stride: u32): u32 {
  if (at >= 0) return 0;
  return stride == 1 ? <u32>-at : (<u32>-at + stride - 1) / stride;
}

/** The end of those of `count` that are inside an image of `size`. */
// @ts-ignore: decorator
@inline
export function end_inside(at: i32, stride: u32, count: u32, size: u32): u32 {
  if (at >= <i32>size) return 0;
  const left = <u32>(<i32>size - at);
  return min(count, stride == 1 ? left : (left + stride - 1) / stride);
}

/** The nine taps of four values of a piece from a kernel [ky][kx], `by` bytes from tap to tap, into the desk; 0 where it has none. */
export function gather_taps(taps: usize, from: usize, by: usize, piece: Piece, w: Geometry): void {
  for (let y: u32 = 0; y < 3; y++) {
    for (let x: u32 = 0; x < 3; x++) {
      const inside = y < piece.down && x < piece.across;
      const at = from + by * ((piece.ky + y * w.stride_height) * w.kernel_width + piece.kx + x * w.stride_width);
      v128.store(taps, inside ? v128.load(at) : f32x4.splat(0));
      taps += 16;
    }
  }
}

/** The taps that the piece has from the desk to where they belong in a kernel's gradient. */
export function scatter_taps(to: usize, by: usize, taps: usize, piece: Piece, w: Geometry): void {
  for (let y: u32 = 0; y < piece.down; y++) {
    for (let x: u32 = 0; x < piece.across; x++) {
      const at = to + by * ((piece.ky + y * w.stride_height) * w.kernel_width + piece.kx + x * w.stride_width);
      v128.store(at, v128.load(taps + 16 * (3 * y + x)));
    }
  }
}
