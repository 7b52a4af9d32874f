import { requireNonNegativeInteger } from "../errors.js";
import { CounterStream } from "./counter-stream.js";

/**
 * The numbers 0 … n − 1 in an order that is a function of (seed, epoch) alone: Fisher and Yates' shuffle from the last place
 * down, place i changing with one of 0 … i.
 */
export function shuffledIndices(
  n: number,
  seed: number,
  epoch: number,
  purpose: "shuffle" | "split" | "sample" = "shuffle",
): Uint32Array {
  requireNonNegativeInteger("shuffledIndices", "n", n);
  requireNonNegativeInteger("shuffledIndices", "seed", seed);
  requireNonNegativeInteger("shuffledIndices", "epoch", epoch);
  const indices = new Uint32Array(n);
  for (let i = 0; i < n; i++) indices[i] = i;
  const random = new CounterStream(seed, purpose);
  random.seek(epoch);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = indices[i]!;
    indices[i] = indices[j]!;
    indices[j] = kept;
  }
  return indices;
}
