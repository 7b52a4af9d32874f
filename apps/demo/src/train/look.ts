import { type Dataset, type NamedValue, pickSamples, type Sequential } from "@loam/nn";
import type { TileSet } from "../ui/tiles.js";

/** What is seen of a network between two of its steps. */
export interface Look {
  /** Of each watched sample, what it is read as. */
  readonly readings: readonly Reading[];
  /** What the first layer looks for, where that is pictures. */
  readonly pictures: TileSet | undefined;
  readonly weights: Histogram;
}

export interface Reading {
  readonly label: number;
  readonly read: number;
  /** The probability of the right class. */
  readonly share: number;
}

/** How many weights lie in each of `BINS` equal parts of [−reach, reach]. */
export interface Histogram {
  readonly counts: Uint32Array;
  readonly reach: number;
  readonly total: number;
}

export const BINS = 41;
const MOST_WATCHED = 10;
/** More pictures than this are too small to be seen. */
const MOST_PICTURES = 40;
/** Of larger networks every second weight is counted, or every third: the page has a frame to draw. */
const MOST_COUNTED = 200_000;

/** The first held-out sample of each class, of ten at most: the ones that are read again and again while training. */
export function chooseWatched(test: Dataset, classes: number): Dataset {
  const labels = Array.from(test.labels.data);
  const chosen: number[] = [];
  for (let label = 0; label < Math.min(classes, MOST_WATCHED); label++) {
    const index = labels.indexOf(label);
    if (index >= 0) chosen.push(index);
  }
  return pickSamples(test, Uint32Array.from(chosen));
}

/** Looks at a network as it is now; its weights stay as they are. */
export async function lookAt(model: Sequential, watched: Dataset): Promise<Look> {
  const [{ labels, probabilities }, weights] = await Promise.all([
    model.classify(watched.inputs),
    model.getWeights(),
  ]);
  const classes = probabilities.shape[1]!;
  const kernels = weights.filter(({ name }) => name.endsWith("/kernel"));
  return {
    readings: Array.from(labels, (read, i) => {
      const label = watched.labels.data[i]!;
      return { label, read, share: probabilities.data[i * classes + label]! };
    }),
    pictures: kernels[0] && picturesOf(kernels[0], model.inputShape),
    weights: countWeights(kernels.map(({ data }) => data)),
  };
}

/** A convolution's filters, or what the units of a Dense layer that sees the picture itself look for. */
export function picturesOf({ data, shape }: NamedValue, inputShape: readonly number[]): TileSet | undefined {
  if (shape.length === 4) {
    const [filters = 0, channels = 0, height = 0, width = 0] = shape;
    if (height * width === 1) return undefined;
    return { values: data, count: Math.min(MOST_PICTURES, filters * channels), width, height };
  }
  const [inputs = 0, units = 0] = shape;
  const [channels, height = 0, width = 0] = inputShape;
  if (shape.length !== 2 || channels !== 1 || inputs !== height * width) return undefined;
  const count = Math.min(units, MOST_PICTURES);
  const values = new Float32Array(count * inputs);
  for (let unit = 0; unit < count; unit++) {
    for (let i = 0; i < inputs; i++) values[unit * inputs + i] = data[i * units + unit]!;
  }
  return { values, count, width, height };
}

/** Counts weights over a range that doubles when they outgrow it, so that the picture does not tremble. */
export function countWeights(kernels: readonly Float32Array[]): Histogram {
  const all = kernels.reduce((sum, { length }) => sum + length, 0);
  const stride = Math.ceil(all / MOST_COUNTED);
  let largest = 0;
  for (const data of kernels) {
    for (let i = 0; i < data.length; i += stride) largest = Math.max(largest, Math.abs(data[i]!));
  }
  let reach = 0.125;
  while (reach < largest && reach < 2 ** 40) reach *= 2;
  const counts = new Uint32Array(BINS);
  for (const data of kernels) {
    for (let i = 0; i < data.length; i += stride) {
      const bin = Math.floor(((data[i]! / reach + 1) / 2) * BINS);
      counts[Math.min(BINS - 1, Math.max(0, bin))]! += 1;
    }
  }
  return { counts, reach, total: all };
}
