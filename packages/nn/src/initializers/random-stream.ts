import { cos, log, philox4x32, sin } from "@loam/kernels-as";

/** The fourth word of every counter, "init": what else draws from the same seed uses other counters. */
const DOMAIN = 0x696e6974;
const TWO_PI = 6.283185307179586;

/**
 * The random numbers of one parameter: an endless sequence that is a function of (seed, stream) alone. Block n of the counter-based
 * generator gives four of them.
 */
export class RandomStream {
  readonly #key: readonly [number, number];
  readonly #stream: number;
  #block = 0;
  readonly #words = new Uint32Array(4);
  #used = 4;
  #spare: number | undefined;

  constructor({ seed, stream }: { readonly seed: number; readonly stream: number }) {
    this.#key = [seed >>> 0, Math.floor(seed / 0x1_0000_0000) >>> 0];
    this.#stream = stream;
  }

  /** Uniform in (0, 1): the middle of one of 2³² equal parts. */
  uniform(): number {
    if (this.#used === 4) {
      philox4x32([this.#block++, this.#stream, 0, DOMAIN], this.#key, this.#words);
      this.#used = 0;
    }
    return (this.#words[this.#used++]! + 0.5) / 0x1_0000_0000;
  }

  /** Normal with mean 0 and standard deviation 1, by Box and Muller's transform: they come in pairs. Never beyond 6.8. */
  normal(): number {
    const spare = this.#spare;
    if (spare !== undefined) {
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * log(this.uniform()));
    const angle = TWO_PI * this.uniform();
    this.#spare = radius * sin(angle);
    return radius * cos(angle);
  }
}
