import { requireIn } from "../errors.js";
import { shuffledIndices } from "./shuffle.js";

/** Samples by their place, each part in order. */
export interface HeldOut {
  readonly training: Uint32Array;
  readonly held: Uint32Array;
}

/**
 * Draws a share of the samples to be held out; which ones is a function of `seed` alone. With `classes`, one of each sample, each class gives
 * its share, to the nearest sample, and one of which there is but one stays in training.
 * @throws {ConfigError} `fraction-out-of-range` outside [0, 1].
 */
export function holdOut(
  samples: number,
  fraction: number,
  seed: number,
  classes?: ArrayLike<number>,
): HeldOut {
  requireIn("holdOut", "fraction", fraction, "[0, 1]");
  const order = shuffledIndices(samples, seed, 0, "split");
  const members = new Map<number, number[]>();
  for (const sample of order) {
    const key = classes ? classes[sample]! : 0;
    const list = members.get(key);
    if (list) list.push(sample);
    else members.set(key, [sample]);
  }
  const isHeld = new Uint8Array(samples);
  let total = 0;
  // What a class rounds away, the next ones make up for, so that the whole has its share too.
  let owed = 0;
  for (const key of [...members.keys()].sort((a, b) => a - b)) {
    const list = members.get(key)!;
    owed += list.length * fraction;
    const count = Math.min(Math.max(0, Math.floor(owed + 0.5)), classes ? list.length - 1 : list.length);
    owed -= count;
    total += count;
    for (let i = 0; i < count; i++) isHeld[list[i]!] = 1;
  }
  const held = new Uint32Array(total);
  const training = new Uint32Array(samples - total);
  for (let sample = 0, h = 0, t = 0; sample < samples; sample++) {
    if (isHeld[sample]) held[h++] = sample;
    else training[t++] = sample;
  }
  return { training, held };
}
