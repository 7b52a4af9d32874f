// Which tiles there are, and a block of them in the order in which they are worked on.
//
// F(4x4) cuts the outputs into tiles of 4x4, and into tiles of 2 rows or columns where no more than two are left at the bottom or on the
// right: those have four frequencies a side, which are among the six of the others (see README.md). In a block tiles lie by kind, so that
// those that have a frequency always lie side by side:
//
//   kind        4x2     4x4     2x4     2x2          (down x across)
//   positions   0  tall    full    wide    count
//
//   frequencies 3 and 4 down: 4x2 and 4x4; across: 4x4 and 2x4; both: 4x4; all others: every tile
import { HEAD_BYTES, LEAST_TILES, MATRIX_VALUES, MOST_TILES, TILE_BYTES } from "./constants";
import { Geometry } from "./geometry";
import { pieces_of } from "./winograd-pieces";

/** The tile's place: its first output. */
@unmanaged
export class Tile {
  image: u32;
  oy: u32;
  ox: u32;
}

/** Where the kinds of a block's tiles end; the tiles follow HEAD_BYTES on. */
@unmanaged
export class Block {
  tall: u32;
  full: u32;
  wide: u32;
  count: u32;
}

export function block_bytes(tiles: u32): usize {
  return HEAD_BYTES + TILE_BYTES * ((tiles + 3) & ~3);
}

// @ts-ignore: decorator
@inline
export function tile_at(block: Block, position: u32): Tile {
  return changetype<Tile>(changetype<usize>(block) + HEAD_BYTES + TILE_BYTES * position);
}

// @ts-ignore: decorator
@inline
export function outputs_down(block: Block, position: u32): u32 {
  return position < block.full ? 4 : 2;
}

// @ts-ignore: decorator
@inline
export function outputs_across(block: Block, position: u32): u32 {
  return position >= block.tall && position < block.wide ? 4 : 2;
}

/** Whether only a tile of four outputs has this frequency of the n along a side. */
// @ts-ignore: decorator
@inline
function only_fours(frequency: u32, n: u32): bool {
  return n == 6 && (frequency == 3 || frequency == 4);
}

/** The first position that has frequency (i, j), j across. */
// @ts-ignore: decorator
@inline
export function first_with(block: Block, j: u32, n: u32): u32 {
  return only_fours(j, n) ? block.tall : 0;
}

/** The position after the last that has it. */
// @ts-ignore: decorator
@inline
export function end_with(block: Block, i: u32, j: u32, n: u32): u32 {
  if (only_fours(i, n)) return block.full;
  return only_fours(j, n) ? block.wide : block.count;
}

/** Outputs that are computed: with a pool behind, a last odd row or column has no window. */
// @ts-ignore: decorator
@inline
export function outputs_of(size: u32, pooled: bool): u32 {
  return pooled ? size & ~1 : size;
}

// @ts-ignore: decorator
@inline
export function tiles_along(outputs: u32, n: u32): u32 {
  return (outputs + n - 3) / (n - 2);
}

/** The most tiles of a block: such that its matrices take about as much of the second cache at any number of channels. */
export function most_tiles(w: Geometry): u32 {
  return max(LEAST_TILES, min(MOST_TILES, (MATRIX_VALUES / (pieces_of(w) * w.channels + w.filters)) & ~3));
}

/**
 * How many tiles a gradient's block has that begins with tile t and ends before tile `stop`: whole images, or an even piece of one. An
 * image is cut alike whatever the threads are: in this order dx adds up.
 */
export function block_length(t: u32, stop: u32, tiles_image: u32, most: u32): u32 {
  if (tiles_image <= most) return min(stop - t, most / tiles_image * tiles_image);
  const pieces = (tiles_image + most - 1) / most;
  return min(min(stop - t, tiles_image - t % tiles_image), (tiles_image + pieces - 1) / pieces);
}

/** Lays out tiles t … t + count of outputs height x width in their order, n frequencies a side. */
export function arrange(block: Block, n: u32, height: u32, width: u32, t: u32, count: u32): void {
  const m = n - 2;
  const across = tiles_along(width, n);
  const tiles_image = tiles_along(height, n) * across;
  block.tall = 0;
  block.full = 0;
  block.wide = 0;
  block.count = count;
  let position: u32 = 0;
  for (let kind: u32 = 0; kind < 4; kind++) {
    let image = t / tiles_image;
    let oy = t % tiles_image / across * m;
    let ox = t % tiles_image % across * m;
    for (let i: u32 = 0; i < count; i++) {
      const high = n == 6 && height - oy > 2;
      const broad = n == 6 && width - ox > 2;
      if (kind == (high ? <u32>broad : 3 - <u32>broad)) {
        const tile = tile_at(block, position++);
        tile.image = image;
        tile.oy = oy;
        tile.ox = ox;
      }
      ox += m;
      if (ox >= width) {
        ox = 0;
        oy += m;
        if (oy >= height) {
          oy = 0;
          image++;
        }
      }
    }
    if (kind == 0) block.tall = position;
    else if (kind == 1) block.full = position;
    else if (kind == 2) block.wide = position;
  }
}
