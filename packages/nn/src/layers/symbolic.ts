import { ConfigError, requirePositiveInteger, showValue } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import { requireOptions } from "../options.js";

let nextOrder = 0;

/** What stands for a batch while a model is put together: an `Input`, or what a layer's `apply` gave. */
export class SymbolicTensor {
  /** Later ones have a greater number. */
  readonly order = nextOrder++;

  constructor(
    /** Of one sample, without the batch. */
    readonly shape: Shape,
    /** The layer that makes it; undefined for an `Input`. */
    readonly layer?: { readonly type: string; readonly name: string },
    /** What the layer is applied to. */
    readonly inputs: readonly SymbolicTensor[] = [],
  ) {}
}

export interface InputOptions {
  /** The shape of one sample, without the batch dimension. */
  readonly shape: Shape;
  /** What messages and `summary` call it; by default the model counts. */
  readonly name?: string;
}

/**
 * Where a batch of samples enters a model: x [batch, …shape].
 *
 * A class, as layers are, so that a variable may be called `input`.
 * @throws {ConfigError} `not-a-shape`, or for an option that is unknown or out of its range.
 */
export class Input extends SymbolicTensor {
  readonly name: string;

  constructor(options: InputOptions) {
    requireOptions("Input", options, ["shape", "name"]);
    const { shape, name = "" } = options;
    requireSampleShape("Input", "shape", shape);
    super(shape);
    this.name = name;
  }
}

/** @throws {ConfigError} `not-a-shape`, `<option>-not-positive`. */
export function requireSampleShape(owner: string, option: string, shape: unknown): asserts shape is Shape {
  if (!Array.isArray(shape)) {
    throw new ConfigError(
      "not-a-shape",
      `${owner}: expected ${option === "shape" ? "a" : "an"} ${option} like [784] or [1, 28, 28], got ${showValue(shape)}.`,
    );
  }
  for (const size of shape) requirePositiveInteger(owner, option, size);
}
