import type { ErrorOwner } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import type { RandomStream } from "./random-stream.js";

/**
 * How a parameter gets its first values: a kind and its options, plain data, so that saving a layer is writing its options. Made by
 * `zeros()`, `heUniform()` and so on; `initialize` draws the values.
 */
export interface Initializer {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** How many inputs feed one output of a parameter, and how many outputs one input feeds. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** What a kind of initializer is made of. */
export interface InitializerDefinition<Options extends Initializer = Initializer> {
  readonly options: readonly string[];
  /** Throws ConfigError, in the name of the owner, for options that are not allowed. */
  check?(owner: ErrorOwner, initializer: Options): void;
  /** Fills `values`, row-major in `shape`. */
  fill(values: Float32Array, initializer: Options, shape: Shape, random: RandomStream): void;
}
