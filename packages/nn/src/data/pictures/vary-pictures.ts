import {
  ConfigError,
  DataError,
  requireNonNegativeInteger,
  requireOneOf,
  requirePositiveInteger,
} from "../../errors.js";
import { CounterStream } from "../counter-stream.js";
import type { Dataset } from "../dataset.js";
import { repeat } from "../repeat.js";

/** What may be done to a picture without its becoming another thing: each is drawn anew for every copy. */
export const pictureVariations = ["flip", "shift", "zoom", "turn", "light", "cutout"] as const;
/** The name of a way to vary pictures. */
export type PictureVariation = (typeof pictureVariations)[number];

export interface VaryOptions {
  /**
   * Left for right every other time; up to an eighth of the sides; by up to a fifth; by up to 15°; a quarter brighter or darker;
   * a black square of half the shorter side anywhere, also over an edge (DeVries & Taylor, 2017, arXiv:1708.04552).
   */
  readonly kinds: readonly PictureVariation[];
  /** How many varied copies of each picture to add. */
  readonly copies: number;
  /** A whole number in [0, 2^53); the same seed gives the same bits in every engine. */
  readonly seed: number;
}

const SHIFT = 1 / 8;
const ZOOM = 0.2;
/** The tangent of 15°: slopes are as good as angles, and need no series. */
const SLOPE = 0.267949192431123;
const LIGHT = 0.25;

/** How many copies are made at a stretch: some milliseconds. */
const PART = 100;

/**
 * Pictures with varied copies of each: the originals first, in their order, then all first copies, all second ones and so on. inputs
 * [n, channels, height, width] of bytes → [n · (copies + 1), channels, height, width]. Copy k of picture i is a function of (seed, i, k) and
 * the picture alone. Where a copy looks beyond the picture's edge it sees the edge.
 * @throws {DataError} `not-pictures`; {ConfigError} `copies-not-positive`, `seed-negative`, `kinds-unknown`, `kinds-empty`
 */
export function varyPictures(dataset: Dataset, options: VaryOptions): Dataset {
  const parts = varyPicturesInParts(dataset, options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** The same, a part at each call of `next`, for whoever has other things to do meanwhile: the last one's value is the whole. */
export function* varyPicturesInParts(
  dataset: Dataset,
  { kinds, copies, seed }: VaryOptions,
): Generator<undefined, Dataset> {
  requireVariation({ kinds, copies, seed });
  const { data, shape } = dataset.inputs;
  const [samples = 0, channels = 0, height = 0, width = 0] = shape;
  if (data instanceof Float32Array || shape.length !== 4) {
    throw new DataError(
      "not-pictures",
      `${dataset.name}: expected pictures of bytes with shape [n, channels, height, width], got [${shape.join(", ")}]; only those can be varied.`,
    );
  }
  const size = channels * height * width;
  const all = new Uint8Array(samples * size * (copies + 1));
  all.set(data);
  const vary = pictureVarier({ kinds, copies, seed }, [channels, height, width]);
  for (let copy = 0; copy < copies; copy++) {
    for (let i = 0; i < samples; i++) {
      const place = copy * samples + i;
      const to = (samples + place) * size;
      vary(data.subarray(i * size, (i + 1) * size), all.subarray(to, to + size), place);
      if (i % PART === PART - 1) yield;
    }
  }
  const { labels } = dataset;
  return {
    ...dataset,
    name: `${dataset.name} with ${copies} varied ${copies === 1 ? "copy" : "copies"} of each`,
    inputs: { data: all, shape: [samples * (copies + 1), channels, height, width] },
    labels: {
      data: repeat(labels.data, copies + 1),
      shape: [samples * (copies + 1), ...labels.shape.slice(1)],
    },
    ...(dataset.weights && { weights: repeat(dataset.weights, copies + 1) }),
  };
}

/** @throws {ConfigError} `copies-not-positive`, `seed-negative`, `kinds-unknown`, `kinds-empty` */
function requireVariation({ kinds, copies, seed }: VaryOptions): void {
  requirePositiveInteger("varyPictures", "copies", copies);
  requireNonNegativeInteger("varyPictures", "seed", seed);
  if (kinds.length === 0)
    throw new ConfigError(
      "kinds-empty",
      `varyPictures: kinds must name at least one of ${pictureVariations.join(", ")}.`,
    );
  for (const kind of kinds) requireOneOf("varyPictures", "kinds", kind, pictureVariations);
}

/**
 * What makes copies: copy k of picture i among n, at place k · n + i, is written into `target`.
 * @throws {ConfigError} `copies-not-positive`, `seed-negative`, `kinds-unknown`, `kinds-empty`
 */
export function pictureVarier(
  options: VaryOptions,
  [channels, height, width]: readonly [number, number, number],
): (picture: Uint8Array | Uint8ClampedArray, target: Uint8Array, place: number) => void {
  requireVariation(options);
  const random = new CounterStream(options.seed, "augment");
  const kinds = new Set(options.kinds);
  const plane = height * width;
  return (picture, target, place) => {
    random.seek(place);
    const view = drawView(random, kinds);
    for (let at = 0; at < channels * plane; at += plane) look(picture, at, target, at, height, width, view);
    if (view.hole) cutOut(target, height, width, view.hole);
  };
}

/** Where a copy's pixel at (x, y) from the middle lies in the original, and how bright it is. */
interface View {
  readonly flip: 1 | -1;
  /** Shares of width and height. */
  readonly shiftX: number;
  readonly shiftY: number;
  readonly zoom: number;
  readonly cosine: number;
  readonly sine: number;
  readonly light: number;
  /** The middle of what is cut out, as shares of width and height. */
  readonly hole: readonly [x: number, y: number] | undefined;
}

/** Draws all of it, whatever is asked for, so that the kinds do not change each other's draws. */
function drawView(random: CounterStream, kinds: ReadonlySet<PictureVariation>): View {
  const flip = random.chance(0.5);
  const [shiftX, shiftY] = [random.between(-SHIFT, SHIFT), random.between(-SHIFT, SHIFT)];
  const zoom = random.between(1 - ZOOM, 1 + ZOOM);
  const slope = random.between(-SLOPE, SLOPE);
  const light = random.between(1 - LIGHT, 1 + LIGHT);
  const hole = [random.between(0, 1), random.between(0, 1)] as const;
  const cosine = 1 / Math.sqrt(1 + slope * slope);
  return {
    flip: kinds.has("flip") && flip ? -1 : 1,
    shiftX: kinds.has("shift") ? shiftX : 0,
    shiftY: kinds.has("shift") ? shiftY : 0,
    zoom: kinds.has("zoom") ? zoom : 1,
    cosine: kinds.has("turn") ? cosine : 1,
    sine: kinds.has("turn") ? slope * cosine : 0,
    light: kinds.has("light") ? light : 1,
    hole: kinds.has("cutout") ? hole : undefined,
  };
}

/** Blackens a square in every plane of a picture. */
function cutOut(picture: Uint8Array, height: number, width: number, [x, y]: readonly [number, number]): void {
  const side = Math.max(1, Math.floor(Math.min(height, width) / 2));
  const left = Math.floor(x * width) - Math.floor(side / 2);
  const top = Math.floor(y * height) - Math.floor(side / 2);
  const [from, to] = [Math.max(0, left), Math.min(width, left + side)];
  for (let plane = 0; plane < picture.length; plane += height * width)
    for (let row = Math.max(0, top); row < Math.min(height, top + side); row++)
      picture.fill(0, plane + row * width + from, plane + row * width + to);
}

/** Writes one plane as the view shows it, between four pixels each time. */
function look(
  source: Uint8Array | Uint8ClampedArray,
  from: number,
  target: Uint8Array,
  to: number,
  height: number,
  width: number,
  { flip, shiftX, shiftY, zoom, cosine, sine, light }: View,
): void {
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const at = (row: number, column: number) =>
    source[from + Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)]!;
  for (let row = 0, i = to; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const dx = (flip * (column - middleX)) / zoom;
      const dy = (row - middleY) / zoom;
      const x = middleX + cosine * dx - sine * dy + shiftX * width;
      const y = middleY + sine * dx + cosine * dy + shiftY * height;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const u = x - left;
      const v = y - top;
      const above = at(top, left) + u * (at(top, left + 1) - at(top, left));
      const below = at(top + 1, left) + u * (at(top + 1, left + 1) - at(top + 1, left));
      target[i] = Math.min(255, Math.floor((above + v * (below - above)) * light + 0.5));
    }
  }
}
