// The sizes that decide how a convolution is cut and how its scratch lies. scripts/generate-instructions.mjs copies this file for TypeScript,
// which counts the bytes with the same ones.

// How a convolution is computed: the argument `algorithm`.
export const CONV_UNFOLDED: u32 = 0;
export const CONV_DIRECT: u32 = 1;
export const CONV_WINOGRAD_2: u32 = 2;
export const CONV_WINOGRAD_4: u32 = 3;
export const CONV_GROUPED: u32 = 4;

/** What the parts of a sum over the batch may take together, in bytes, and how many there are at most. */
export const PARTS_BYTES: u32 = 33554432;
export const MOST_PARTS: u32 = 8;
/** Tiles after which a sum of Winograd's over the batch begins anew, and is added: errors of longer ones, which the transforms magnify, would pass 1e-5 of the largest value. */
export const MOST_SUMMED: u32 = 256;

/** Rows that a product of what was just laid out takes at once, at most. */
export const BLOCK_ROWS: u32 = 128;
/** Columns of a panel in the wide binary, for which all scratch is planned; the others have panels of half as many. */
export const WIDE_COLUMNS: u32 = 16;
/** Bytes of the last panel's edge: a panel of all rows, then a bias row. */
export const EDGE_BYTES: usize = 8256;
/** Values in a block of unfolded pixels, about: 64 KB. */
export const BLOCK_VALUES: u32 = 16384;

// A block of Winograd's tiles: from so many up to so many, a multiple of 4, about MATRIX_VALUES over channels and filters together.
export const LEAST_TILES: u32 = 16;
export const MOST_TILES: u32 = 48;
export const MATRIX_VALUES: u32 = 4096;
/** Bytes of a tile in the block's list, behind its head. */
export const TILE_BYTES: usize = 16;
export const HEAD_BYTES: usize = 64;
/** Bytes of Winograd's desk ahead of its row of zeros: see winograd-desk.ts. */
export const ZEROS: usize = 1664;
/** Bytes from one frequency's matrix to the next beyond the matrix, lest all fall into the same cache set. */
export const MATRIX_GAP: usize = 64;
/** Steps of k in a sum of Winograd's products, at most: errors of longer ones, which the transforms magnify, would pass 1e-5 of the largest value. */
export const MOST_STEPS: u32 = 64;
/** Rows beyond the last that a product of Winograd's may compute: few cannot be cut into fives and fours. */
export const SPARE_ROWS: u32 = 3;

/** Bytes of a row of 32 values, of which sparse sums are made. */
export const ROW: usize = 128;
/** Of what a pool lets flow back: places of a window; bytes of an entry (value f32, offset u32); of the lists' head; of a band's lists. */
export const PLACES: u32 = 4;
export const ENTRY: u32 = 8;
export const LISTS_HEAD: usize = 64;
export const BAND_BYTES: u32 = 32768;

/** Taps of a 3x3 window, and what of dy is kept in the nearest cache while they are met. */
export const TAPS: u32 = 9;
export const NEAR_BYTES: u32 = 16384;

/** Filters of a grouped convolution that are worked on at a time; bytes of what says which taps a pixel has along a side. */
export const LANES: u32 = 32;
export const WALK_BYTES: usize = 20;

/** So many places of a pool's window fit in the byte that says where the maximum is, and the byte of all ones besides, which says: nowhere. */
export const PLACES_IN_BYTE: u32 = 255;
