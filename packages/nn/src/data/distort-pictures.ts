import { DataError, requireNonNegativeInteger, requirePositiveInteger } from "../errors.js";
import { CounterStream } from "./counter-stream.js";
import type { Dataset } from "./dataset.js";
import { repeat } from "./repeat.js";
import { Hand } from "./sources/digits/hand.js";
import { MAX_POINTS, Pen } from "./sources/digits/pen.js";
import { warp } from "./sources/digits/warp.js";

export interface DistortOptions {
  /** How many distorted copies of each picture to add. */
  readonly copies: number;
  /** A whole number in [0, 2^53); the same seed gives the same bits in every engine. */
  readonly seed: number;
}

/** How many copies are made at a stretch: some milliseconds. */
const PART = 100;

/** A digit's height as a share of the picture's, as in MNIST: what the distortions take for 1. */
const DIGIT = 20 / 28;
/** The middle of a drawing in the generator's coordinates. */
const MIDDLE_X = 0.3;
const MIDDLE_Y = 0.5;

/**
 * Pictures of digits with distorted copies of each: bent elastically, stretched, slanted and turned as the synthetic digits are. The
 * originals come first, in their order, then all first copies, all second ones and so on.
 *
 * inputs [n, channels, height, width] of bytes → [n · (copies + 1), channels, height, width]. Copy k of picture i is a function of
 * (seed, i, k) and the picture alone. For every pixel of a copy the distortion says where in the original to look, between four pixels;
 * outside it is 0.
 * @throws {DataError} `not-pictures` when the inputs are no pictures of bytes of at most 1024 pixels.
 * @throws {ConfigError} `copies-not-positive`, `seed-negative`.
 */
export function distortPictures(dataset: Dataset, options: DistortOptions): Dataset {
  const parts = distortPicturesInParts(dataset, options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** The same, a part at each call of `next`, for whoever has other things to do meanwhile: the last one's value is the whole. */
export function* distortPicturesInParts(
  dataset: Dataset,
  { copies, seed }: DistortOptions,
): Generator<undefined, Dataset> {
  requirePositiveInteger("distortPictures", "copies", copies);
  requireNonNegativeInteger("distortPictures", "seed", seed);
  const { data, shape } = dataset.inputs;
  const [samples = 0, channels = 0, height = 0, width = 0] = shape;
  if (!isBytes(data) || shape.length !== 4 || height * width > MAX_POINTS) {
    throw new DataError(
      "not-pictures",
      `${dataset.name}: expected pictures of bytes with shape [n, channels, height, width] and at most ${MAX_POINTS} pixels, got [${shape.join(", ")}]; only those can be distorted.`,
    );
  }
  const size = channels * height * width;
  const all = new Uint8Array(samples * size * (copies + 1));
  all.set(data);
  const random = new CounterStream(seed, "augment");
  const distortion = new Distortion(new Hand(random), width, height);
  for (let copy = 0; copy < copies; copy++) {
    for (let i = 0; i < samples; i++) {
      random.seek(copy * samples + i);
      distortion.draw();
      const to = ((copy + 1) * samples + i) * size;
      for (let c = 0; c < channels; c++) {
        const offset = c * height * width;
        distortion.apply(data, i * size + offset, all, to + offset);
      }
      if (i % PART === PART - 1) yield;
    }
  }
  const { labels } = dataset;
  const [, ...rest] = labels.shape;
  return {
    ...dataset,
    name: `${dataset.name} with ${copies} distorted ${copies === 1 ? "copy" : "copies"} of each`,
    inputs: { data: all, shape: [samples * (copies + 1), channels, height, width] },
    labels: { data: repeat(labels.data, copies + 1), shape: [samples * (copies + 1), ...rest] },
    ...(dataset.weights && { weights: repeat(dataset.weights, copies + 1) }),
  };
}

/** Where each pixel of a distorted picture comes from: the generator's warp of the grid of pixels. */
class Distortion {
  readonly #hand: Hand;
  readonly #grid: Pen;
  readonly #width: number;
  readonly #height: number;
  readonly #unit: number;

  constructor(hand: Hand, width: number, height: number) {
    this.#hand = hand;
    this.#grid = new Pen(hand);
    this.#width = width;
    this.#height = height;
    this.#unit = height * DIGIT;
  }

  /** Draws new distortions. */
  draw(): void {
    const grid = this.#grid;
    const unit = this.#unit;
    grid.count = this.#width * this.#height;
    for (let row = 0, i = 0; row < this.#height; row++) {
      for (let column = 0; column < this.#width; column++, i++) {
        const y = (row + 0.5 - this.#height / 2) / unit;
        grid.x[i] = (column + 0.5 - this.#width / 2) / unit + MIDDLE_X;
        grid.y[i] = y + MIDDLE_Y;
      }
    }
    this.#hand.freedom = 0.8;
    // Real digits have their slant already.
    warp(grid, this.#hand, 0, 1);
    this.#centre();
  }

  /** Back to pixels, so that the middle of the grid comes from the middle of the picture. */
  #centre(): void {
    const { x, y, count } = this.#grid;
    let sumX = 0;
    let sumY = 0;
    for (let i = 0; i < count; i++) {
      sumX += x[i]!;
      sumY += y[i]!;
    }
    const shiftX = this.#width / 2 - 0.5 - (sumX / count) * this.#unit;
    const shiftY = this.#height / 2 - 0.5 - (sumY / count) * this.#unit;
    for (let i = 0; i < count; i++) {
      x[i] = x[i]! * this.#unit + shiftX;
      y[i] = y[i]! * this.#unit + shiftY;
    }
  }

  /** Writes the distorted picture at `to`, of the one at `from`, by bilinear interpolation. */
  apply(source: Uint8Array, from: number, target: Uint8Array, to: number): void {
    const { x, y, count } = this.#grid;
    const width = this.#width;
    const height = this.#height;
    const at = (row: number, column: number) =>
      row < 0 || column < 0 || row >= height || column >= width ? 0 : source[from + row * width + column]!;
    for (let i = 0; i < count; i++) {
      const column = Math.floor(x[i]!);
      const row = Math.floor(y[i]!);
      const u = x[i]! - column;
      const v = y[i]! - row;
      const above = at(row, column) + u * (at(row, column + 1) - at(row, column));
      const below = at(row + 1, column) + u * (at(row + 1, column + 1) - at(row + 1, column));
      target[to + i] = Math.floor(above + v * (below - above) + 0.5);
    }
  }
}

/** A canvas has clamped ones, which only matters to who writes them. */
function isBytes(data: unknown): data is Uint8Array {
  return data instanceof Uint8Array || data instanceof Uint8ClampedArray;
}
