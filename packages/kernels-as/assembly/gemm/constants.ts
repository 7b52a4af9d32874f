// The sizes that decide how a product is cut. scripts/generate-instructions.mjs copies this file for TypeScript, which plans with the same ones.

/** Rows of the tallest tile of a panel of 8 columns, and of one of 12: what 15 vector registers hold. */
export const MR: u32 = 5;
export const MR_BROAD: u32 = 3;
/** Columns of a panel, of the broad one and of the narrow one at the right edge. */
export const NR: u32 = 8;
export const BROAD: u32 = 12;
export const NARROW: u32 = 4;
/** Columns of the broadest panel of any binary. */
export const PANEL_MOST: u32 = 16;
/** Steps of k in a chunk, at most: a packed panel of B is 4·NR·KC bytes and stays in the nearest cache. */
export const KC: u32 = 512;
/** Columns of B packed at a time, at most. */
export const NC: u32 = 512;
/** Rows of A packed at a time: a multiple of MR, and 4·MC·KC bytes stay in the second cache. */
export const MC: u32 = 95;

/** Steps of k of a short sum, at most; then C is most of what is moved. */
export const SHORT_K: u32 = 32;
/** Elements of B that are met again for every row of tiles of a short sum: a quarter of the nearest cache, since they lie in many pages. */
export const SHORT_ELEMENTS: u32 = 2048;

/** So few columns, k-contiguous and at least so long, are summed along k: panels would be padded, and a sum over lanes costs little. */
export const DOT_COLUMNS: u32 = 16;
export const DOT_LENGTH: u32 = 256;
/** Steps of k in a chunk of the dot path: four rows and the columns of a chunk stay near. */
export const DOT_KC: u32 = 512;

/** Up to here a copy of B would not be read often enough to pay for itself. */
export const RAW_ROWS: u32 = 24;

/** From so many columns and steps of k on, tiles of A are read so often that packing them pays: the best micro-kernels are those for packed tiles. */
export const PACK_COLUMNS: u32 = 40;
export const PACK_LENGTH: u32 = 32;
/** The relaxed binary reads k-contiguous rows as fast as tiles, and packs them from here on. */
export const PACK_COLUMNS_RELAXED: u32 = 256;

// The slice of one thread's scratch before the packed operands: zeros | padded bias of the last panel | tiles at the right edge.
export const EDGE_BIAS: usize = 128;
export const EDGE_TILE: usize = 192;
/** Elements of the tiles at the right edge that are computed in one go. */
export const EDGE_ELEMENTS: u32 = 360;
export const PACKED: usize = 1664;

// Multiplications and additions in one iteration of each loop of peak.ts.
export const PEAK_TWELVE_FLOPS: u32 = 192;
export const PEAK_THIRTEEN_FLOPS: u32 = 208;
export const PEAK_EIGHT_FLOPS: u32 = 192;
export const PEAK_PAIRS_FLOPS: u32 = 192;
