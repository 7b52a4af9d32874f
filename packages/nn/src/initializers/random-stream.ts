import { cosSmall, log, philox4x32, type RandomPlace, sinSmall } from "@loam/kernels-as";

/** The fourth word of every counter, "init": what else draws from the same seed uses other counters. */
const DOMAIN = 0x696e6974;
const TWO_PI = 6.283185307179586;

/** Which parameter's random numbers: the model's seed, and the parameter's own number. */
export interface StreamOf {
  readonly seed: number;
  readonly stream: number;
}

/** Where the random words of a stream are found. */
export function randomPlace({ seed, stream }: StreamOf): RandomPlace {
  return { counter: [stream, 0, DOMAIN], key: [seed >>> 0, Math.floor(seed / 0x1_0000_0000) >>> 0] };
}

/**
 * The random numbers of one parameter: an endless sequence that is a function of (seed, stream) alone. Block n of the counter-based
 * generator gives four of them.
 */
export class RandomStream {
  readonly #place: RandomPlace;
  #words: Uint32Array;
  #used = 0;
  /** How many blocks have been drawn. */
  #blocks: number;
  #spare: number | undefined;

  /** @param ahead the words of the first blocks, where a kernel has drawn them; the others are drawn here, when they are needed. */
  constructor(from: StreamOf, ahead: Uint32Array = new Uint32Array(0)) {
    this.#place = randomPlace(from);
    this.#words = ahead;
    this.#blocks = ahead.length / 4;
  }

  /** Uniform in (0, 1): the middle of one of 2³² equal parts. */
  uniform(): number {
    if (this.#used === this.#words.length) this.#draw();
    return (this.#words[this.#used++]! + 0.5) / 0x1_0000_0000;
  }

  /** As many as there is room for, from U(low, high): a loop without calls, which an engine compiles while a first model is made. */
  uniforms(values: Float32Array, low: number, high: number): void {
    const span = high - low;
    for (let i = 0; i < values.length; ) {
      if (this.#used === this.#words.length) this.#draw();
      const words = this.#words;
      const stop = Math.min(values.length, i + words.length - this.#used);
      let at = this.#used;
      this.#used += stop - i;
      for (; i < stop; i++, at++) values[i] = low + span * ((words[at]! + 0.5) / 0x1_0000_0000);
    }
  }

  #draw(): void {
    this.#words = philox4x32([this.#blocks++, ...this.#place.counter], this.#place.key);
    this.#used = 0;
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
    this.#spare = radius * sinSmall(angle);
    return radius * cosSmall(angle);
  }
}
