// A thread's desk: the little memory that Winograd's transforms work on, beside the matrices.
//
//   0       addresses of the rows of a tile, u32
//   BLOCK   [6][6] vectors between the two passes of a transform; in the wide binary pairs of them, up to PIECES
//   VALUES  [6][6] vectors, a kernel's values at the frequencies
//   PIECES  the pieces of the kernel, sixteen bytes each (winograd-pieces.ts)
//   KINDS   what the four kinds of frequencies need, of the columns; then of the filters (FILTERS)
//   NINE    nine taps of four values
//   ZEROS   a row of zeros, six columns of a tile with all that lies between, in place of rows outside the image
import { ZEROS } from "./constants";
import { Geometry, lines, padded_to_eight } from "./geometry";

export const BLOCK: usize = 64;
export const VALUES: usize = 640;
export const PIECES: usize = 1216;
export const KINDS: usize = 1408;
export const FILTERS: usize = 1440;
export const NINE: usize = 1472;

// @ts-ignore: decorator
@inline
function zeros_bytes(w: Geometry): usize {
  return lines(24 * <usize>max(w.channels * w.stride_width, padded_to_eight(w.filters)));
}

export function desk_bytes(w: Geometry): usize {
  return ZEROS + zeros_bytes(w);
}

/** Makes the zeros, which are only read. */
export function clear_desk(desk: usize, w: Geometry): void {
  memory.fill(desk + ZEROS, 0, zeros_bytes(w));
}

/** Makes the block's vectors zeros: columns that are outside stay so, for all channels. */
export function clear_block(desk: usize): void {
  memory.fill(desk + BLOCK, 0, (WIDE ? PIECES : VALUES) - BLOCK);
}

/** Row k of the tile begins at `address`. */
// @ts-ignore: decorator
@inline
export function set_row(desk: usize, k: u32, address: usize): void {
  store<u32>(desk + (<usize>k << 2), <u32>address);
}
