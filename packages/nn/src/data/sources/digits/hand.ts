import type { CounterStream } from "../../counter-stream.js";

/**
 * One writer's hand: some write by the book, some freely. `freedom` in (0, 1] narrows all choices of measure towards their
 * middle together, so that most digits are plain and few are wild in everything at once; which handwriting is
 * chosen is not touched.
 */
export class Hand {
  freedom = 1;
  readonly #random: CounterStream;

  constructor(random: CounterStream) {
    this.#random = random;
  }

  /** A measure between two others. */
  between(low: number, high: number): number {
    const middle = (low + high) / 2;
    return middle + this.#random.between(low - middle, high - middle) * this.freedom;
  }

  /** A measure's deviation from what was meant. */
  normal(deviation: number): number {
    return this.#random.normal(deviation * this.freedom);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.#random.chance(probability);
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return this.#random.below(n);
  }

  /** Uniform in [0, 1): for a choice among several. */
  share(): number {
    return this.#random.between(0, 1);
  }
}
