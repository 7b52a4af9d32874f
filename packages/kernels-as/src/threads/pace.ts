/** Slices between two looks at whether the other number of threads has become the faster one. */
const LOOK_EVERY = 32;

/** How much a new measurement counts against what was measured before. */
const WEIGHT = 0.5;

/**
 * Finds out how many threads run a program fastest: all, or one. On a machine that is busy with other things, threads that wait for each
 * other at barriers may be slower together than one alone, and that may change at any time. No bit of a result depends on the choice.
 */
export class Pace {
  readonly #all: number;
  /** Milliseconds a run, by number of threads. */
  readonly #cost = new Map<number, number>();
  #best: number;
  #slices = 0;

  constructor(threads: number) {
    this.#all = threads;
    this.#best = threads;
  }

  /** For the next slice: how many threads, and whether it only serves to compare. */
  next(): { readonly threads: number; readonly trial: boolean } {
    const other = this.#best === 1 ? this.#all : 1;
    const trial = this.#slices++ % LOOK_EVERY === 1 || (this.#cost.has(this.#best) && !this.#cost.has(other));
    return { threads: trial ? other : this.#best, trial };
  }

  record(threads: number, millisecondsPerRun: number): void {
    const before = this.#cost.get(threads);
    this.#cost.set(
      threads,
      before === undefined ? millisecondsPerRun : before + WEIGHT * (millisecondsPerRun - before),
    );
    const all = this.#cost.get(this.#all) ?? 0;
    const one = this.#cost.get(1) ?? Number.POSITIVE_INFINITY;
    this.#best = one < all ? 1 : this.#all;
  }
}
