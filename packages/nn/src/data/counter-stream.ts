import { philox4x32 } from "@loam/kernels-as";

/** Streams keep uses of one seed apart; four letters each, so that none is like another by accident. */
const STREAMS = {
  augment: 0x6175676d,
  digits: 0x64696769,
  sample: 0x73616d70,
  search: 0x73656172,
  shuffle: 0x73687566,
  split: 0x73706c69,
  write: 0x77726974,
} as const;

/**
 * Random numbers in order, without hidden state: draw n of item `index` is a function of (seed, stream, index, n) alone.
 * Item 7 is the same whether or not items 0 to 6 were drawn.
 */
export class CounterStream {
  readonly #key: Uint32Array;
  /** Block, item (low, high), stream. */
  readonly #counter = new Uint32Array(4);
  readonly #words = new Uint32Array(4);
  #used = 4;

  /** @param seed a whole number in [0, 2^53) */
  constructor(seed: number, stream: keyof typeof STREAMS) {
    this.#key = Uint32Array.of(seed, seed / 4294967296);
    this.#counter[3] = STREAMS[stream];
  }

  /** Goes to the first draw of item `index`. */
  seek(index: number): void {
    this.#counter[0] = 0;
    this.#counter[1] = index;
    this.#counter[2] = index / 4294967296;
    this.#used = 4;
  }

  /** 32 random bits. */
  bits(): number {
    if (this.#used === 4) {
      philox4x32(this.#counter, this.#key, this.#words);
      this.#counter[0]! += 1;
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * (this.bits() / 4294967296);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.bits() < probability * 4294967296;
  }

  /** A whole number in [0, n), each as likely; n at most 2^32 (the bias is below n / 2^32). */
  below(n: number): number {
    return Math.floor((this.bits() / 4294967296) * n);
  }

  /** About normal with the given deviation: a sum of four bytes, so that it never strays beyond 3.5 deviations. */
  normal(deviation: number): number {
    const word = this.bits();
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
    // Four bytes have the mean 510 and the variance 4 · (256² − 1) / 12.
    return (sum - 510) * (deviation / 147.8005412709);
  }
}
