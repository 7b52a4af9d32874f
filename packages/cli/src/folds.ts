import { UsageError } from "./failure.js";
import { seededOrder } from "./seeded-order.js";

/**
 * Deals samples into k folds, numbered from 1, which a function of `seed` alone decides: of folds' sizes, and of each class in them, no two differ by more
 * than one sample.
 */
export function foldsOf(
  samples: number,
  folds: number,
  seed: number,
  classes?: ArrayLike<number>,
): Uint8Array {
  const order = seededOrder(samples, `folds ${seed}`);
  // Class after class, each in an order of its own, dealt like cards.
  if (classes) order.sort((a, b) => classes[a]! - classes[b]!);
  const found = new Uint8Array(samples);
  order.forEach((sample, place) => {
    found[sample] = (place % folds) + 1;
  });
  return found;
}

export interface FoldChoice {
  readonly folds: number;
  /** From 1. */
  readonly fold: number;
  readonly seed: number;
  readonly classes?: ArrayLike<number>;
}

/**
 * The samples of one fold, and all others, each in order.
 * @throws {UsageError} where there are fewer samples than folds.
 */
export function partFold(
  samples: number,
  { folds, fold, seed, classes }: FoldChoice,
): { readonly inside: Uint32Array; readonly outside: Uint32Array } {
  if (samples < folds)
    throw new UsageError(`--folds must be at most the number of samples, which is ${samples}, got ${folds}.`);
  const assigned = foldsOf(samples, folds, seed, classes);
  const all = Uint32Array.from(assigned, (_, i) => i);
  return {
    inside: all.filter((i) => assigned[i] === fold),
    outside: all.filter((i) => assigned[i] !== fold),
  };
}
