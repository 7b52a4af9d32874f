import type { Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { elementwise } from "../ops/elementwise.js";
import { mul } from "../ops/mul.js";
import { sigmoid } from "../ops/sigmoid.js";
import { tanh } from "../ops/tanh.js";
import { Recurrent, type RecurrentOptions, recurrentRules } from "./recurrent.js";

/** z·h + (1 − z)·n */
const between = elementwise("gruOutput", ["z", "h", "n"], ({ z, h, n }) => n.add(z.mul(h.sub(n))));

/**
 * Gated recurrent unit: with [xz, xr, xn] = xₜ·W + b and [hz, hr, hn] = hₜ₋₁·U + c,
 *   z = σ(xz + hz)     r = σ(xr + hr)     n = tanh(xn + r·hn)     hₜ = z·hₜ₋₁ + (1 − z)·n     from h₀ = 0.
 * Cho et al., 2014, arXiv:1406.1078, with the reset after the product, as in Keras, whose order of gates this is, and PyTorch, which has r before z.
 *
 * x [batch, steps, features] → the last h [batch, units], or with `returnSequences` all of them [batch, steps, units]; with W [features, 3·units]
 * in `kernel`, U [units, 3·units] in `recurrentKernel`, b [3·units] in `bias` and c [3·units] in `recurrentBias`.
 * @throws {ConfigError} `units-not-positive` and others, when an option is not allowed. @throws {ShapeError} `recurrent-input`.
 */
export class GRU<
  Units extends number = number,
  All extends boolean = false,
  Both extends boolean = false,
> extends Recurrent {
  readonly type = "GRU";
  protected readonly gates = 3;
  protected override readonly hasRecurrentBias = true;

  constructor(options: RecurrentOptions<Units, All, Both>) {
    super(options);
    this.take<RecurrentOptions, GRU>(options, recurrentRules);
  }

  protected step(
    [xz, xr, xn]: readonly Tensor[],
    [hz, hr, hn]: readonly Tensor[],
    [before]: readonly Tensor[],
  ): readonly Tensor[] {
    const z = sigmoid(add(xz!, hz!));
    const r = sigmoid(add(xr!, hr!));
    const n = tanh(add(mul(r, hn!), xn!));
    return [between(z, before!, n)];
  }
}
