import type { Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { mul } from "../ops/mul.js";
import { addScalar } from "../ops/scale.js";
import { sigmoid } from "../ops/sigmoid.js";
import { tanh } from "../ops/tanh.js";
import { inInterval } from "./option-rules.js";
import { Recurrent, type RecurrentOptions, recurrentRules } from "./recurrent.js";

export interface LSTMOptions<
  Units extends number = number,
  All extends boolean = boolean,
  Both extends boolean = boolean,
> extends RecurrentOptions<Units, All, Both> {
  /** What is added to the forget gate before its sigmoid, so that it begins by remembering; default 1. For weights from Keras or PyTorch it is 0. */
  readonly forgetBias?: number;
}

/**
 * Long short-term memory: with [i, f, g, o] = xₜ·W + b + hₜ₋₁·U,
 *   cₜ = σ(f + forgetBias)·cₜ₋₁ + σ(i)·tanh(g)     hₜ = σ(o)·tanh(cₜ)     from h₀ = c₀ = 0.
 * Hochreiter & Schmidhuber, 1997, with the forget gate of Gers et al., 2000. The gates lie in Keras' and PyTorch's order.
 *
 * x [batch, steps, features] → the last h [batch, units], or with `returnSequences` all of them [batch, steps, units]; with W [features, 4·units]
 * in `kernel`, U [units, 4·units] in `recurrentKernel` and b [4·units] in `bias`. Where Keras begins the forget gate's bias at 1, `forgetBias` is
 * added to it.
 * @throws {ConfigError} `units-not-positive` and others, when an option is not allowed. @throws {ShapeError} `recurrent-input`.
 */
export class LSTM<
  Units extends number = number,
  All extends boolean = false,
  Both extends boolean = false,
> extends Recurrent {
  readonly type = "LSTM";
  declare readonly forgetBias: number;
  protected readonly gates = 4;
  protected override readonly carried = 2;

  constructor(options: LSTMOptions<Units, All, Both>) {
    super(options);
    this.take<LSTMOptions, LSTM>(options, {
      ...recurrentRules,
      forgetBias: inInterval("(-Infinity, Infinity)", 1),
    });
  }

  // One op for each function: its gradient follows from what it gave, which is kept, and not from what it was given.
  protected step(
    [xi, xf, xg, xo]: readonly Tensor[],
    [hi, hf, hg, ho]: readonly Tensor[],
    [, c]: readonly Tensor[],
  ): readonly Tensor[] {
    const i = sigmoid(add(xi!, hi!));
    const f = sigmoid(addScalar(add(xf!, hf!), this.forgetBias));
    const g = tanh(add(xg!, hg!));
    const o = sigmoid(add(xo!, ho!));
    const cell = add(mul(f, c!), mul(i, g));
    return [mul(o, tanh(cell)), cell];
  }
}
