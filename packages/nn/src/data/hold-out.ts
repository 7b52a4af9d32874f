import { requireIn } from "../errors.js";
import { heldSamples } from "./dataset.js";
import { drawSamples } from "./sample-dataset.js";

/** Samples by their place, each part in order. */
export interface HeldOut {
  readonly training: Uint32Array;
  readonly held: Uint32Array;
}

/**
 * Draws a share of the samples to be held out; which ones is a function of `seed` alone. With `classes`, one of each sample, each class gives
 * its share, to the nearest sample, and keeps at least one in training.
 * @throws {ConfigError} `fraction-out-of-range` outside [0, 1].
 */
export function holdOut(
  samples: number,
  fraction: number,
  seed: number,
  classes?: ArrayLike<number>,
): HeldOut {
  requireIn("holdOut", "fraction", fraction, "[0, 1]");
  const training = drawSamples(samples, samples - heldSamples(samples, fraction), seed, classes);
  const isHeld = new Uint8Array(samples).fill(1);
  for (const sample of training) isHeld[sample] = 0;
  const held = Uint32Array.from({ length: samples }, (_, sample) => sample).filter(
    (sample) => isHeld[sample],
  );
  return { training, held };
}
