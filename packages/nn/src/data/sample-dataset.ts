import { requireIn, requireNonNegativeInteger } from "../errors.js";
import { type Dataset, pickSamples } from "./dataset.js";
import { shuffledIndices } from "./shuffle.js";

/**
 * So many of the samples, drawn by `seed` alone, in their order: as many of each class as its share asks, and of none less than one as long
 * as `count` allows. Of numbers to be predicted any are drawn.
 * @throws {ConfigError} `count-negative`, `count-out-of-range`
 */
export function sampleDataset(dataset: Dataset, count: number, seed: number): Dataset {
  const samples = dataset.inputs.shape[0] ?? 0;
  requireNonNegativeInteger(dataset.name, "count", count);
  requireIn(dataset.name, "count", count, `[0, ${samples}]`);
  const { data, shape } = dataset.labels;
  const hasClasses = !(data instanceof Float32Array) && shape.length === 1;
  return pickSamples(dataset, drawSamples(samples, count, seed, hasClasses ? data : undefined));
}

/** Places of so many of the samples, in order; with a class for each sample, as `sampleDataset` says. */
export function drawSamples(
  samples: number,
  count: number,
  seed: number,
  classes?: ArrayLike<number>,
): Uint32Array {
  const classOf = (sample: number) => (classes ? classes[sample]! : 0);
  const sizes = new Map<number, number>();
  for (let i = 0; i < samples; i++) sizes.set(classOf(i), (sizes.get(classOf(i)) ?? 0) + 1);
  const wanted = quotas(sizes, count);
  const drawn = new Uint32Array(count);
  let at = 0;
  for (const sample of shuffledIndices(samples, seed, 0, "sample")) {
    const left = wanted.get(classOf(sample))!;
    if (left === 0) continue;
    wanted.set(classOf(sample), left - 1);
    drawn[at++] = sample;
  }
  return drawn.sort();
}

/** How many of each class: its share of `count`, the largest remainders rounded up, and each at least one where that can be. */
function quotas(sizes: ReadonlyMap<number, number>, count: number): Map<number, number> {
  const least = count >= sizes.size ? 1 : 0;
  const samples = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const share = (key: number) => (sizes.get(key)! * count) / samples;
  const wanted = new Map<number, number>();
  for (const key of [...sizes.keys()].sort((a, b) => a - b))
    wanted.set(key, Math.max(least, Math.floor(share(key))));
  let owed = [...wanted.values()].reduce((left, size) => left - size, count);
  while (owed !== 0) {
    const sign = Math.sign(owed);
    const needy = [...wanted].sort(([a, m], [b, n]) => sign * (share(b) - n - (share(a) - m)) || a - b);
    for (const [key, size] of needy) {
      const next = size + sign;
      if (owed === 0 || next < least || next > sizes.get(key)!) continue;
      wanted.set(key, next);
      owed -= sign;
    }
  }
  return wanted;
}
