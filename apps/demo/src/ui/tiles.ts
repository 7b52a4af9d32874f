import { paintHeat, paintSigned, pixelCanvas, type Ramp } from "./picture.js";

export interface TileSet {
  /** All tiles' values, one tile after the other, each [height, width]. */
  readonly values: ArrayLike<number>;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Tiles side by side; as many as fit by default. */
  readonly columns?: number;
  /** The least and the greatest of the values that share one scale; by default those of this set. */
  readonly range?: { readonly low: number; readonly high: number };
}

/** How wide a tile is on screen, about; narrower where there is little room. */
const TILE = 64;
const SMALL_TILE = 42;
const LITTLE_ROOM = 500;
const GAP = 1;

/**
 * Pictures of numbers in rows and columns on one canvas. Where there is a value below zero both signs are coloured, otherwise only the size.
 */
export function tiles(set: TileSet, room: number, colours: Ramp, label: string): HTMLCanvasElement {
  const { count, width, height } = set;
  const scale = Math.max(1, Math.round((room < LITTLE_ROOM ? SMALL_TILE : TILE) / Math.max(width, height)));
  const fitting = Math.max(1, Math.floor((room + GAP * scale) / ((width + GAP) * scale)));
  const columns = Math.min(count, set.columns ?? fitting);
  const rows = Math.ceil(count / columns);
  const canvas = pixelCanvas(columns * (width + GAP) - GAP, rows * (height + GAP) - GAP, label);
  const shownScale = Math.min(scale, Math.max(1, room / canvas.width));
  canvas.style.width = `${canvas.width * shownScale}px`;
  paintTiles(canvas, set, colours);
  return canvas;
}

/** Paints other values on a canvas that `tiles` made for a set of the same sizes. */
export function paintTiles(canvas: HTMLCanvasElement, set: TileSet, colours: Ramp): void {
  const { values, count, width, height } = set;
  const columns = (canvas.width + GAP) / (width + GAP);
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(canvas.width, canvas.height);
  const { low, high } = set.range ?? extent(values);
  const paint = low < 0 ? paintSigned : paintHeat;
  const largest = Math.max(-low, high);
  for (let i = 0; i < count; i++) {
    const x = (i % columns) * (width + GAP);
    const y = Math.floor(i / columns) * (height + GAP);
    paint(image, { values, offset: i * width * height, width, height, x, y }, largest, colours);
  }
  context.putImageData(image, 0, 0);
}

/** The least and the greatest of some values; zeros for none. */
export function extent(values: ArrayLike<number>): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return values.length === 0 ? { low: 0, high: 0 } : { low, high };
}
