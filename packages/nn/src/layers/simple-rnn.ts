import type { Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { tanh } from "../ops/tanh.js";
import { Recurrent, type RecurrentOptions, recurrentRules } from "./recurrent.js";

/**
 * A recurrent layer: hₜ = tanh(xₜ·W + b + hₜ₋₁·U), from h₀ = 0. Elman, 1990.
 *
 * x [batch, steps, features] → the last h [batch, units], or with `returnSequences` all of them [batch, steps, units]; with W [features, units] in
 * `kernel`, U [units, units] in `recurrentKernel` and b [units] in `bias`.
 * @throws {ConfigError} `units-not-positive` and others, when an option is not allowed. @throws {ShapeError} `recurrent-input`.
 */
export class SimpleRNN<
  Units extends number = number,
  All extends boolean = false,
  Both extends boolean = false,
> extends Recurrent {
  readonly type = "SimpleRNN";
  protected readonly gates = 1;

  constructor(options: RecurrentOptions<Units, All, Both>) {
    super(options);
    this.take<RecurrentOptions, SimpleRNN>(options, recurrentRules);
  }

  protected step([x]: readonly Tensor[], [h]: readonly Tensor[]): readonly Tensor[] {
    return [tanh(add(x!, h!))];
  }
}
