import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "../ops/elementwise.js";
import { Recurrent, type RecurrentOptions, recurrentRules } from "./recurrent.js";

const next = elementwise(
  "gruStep",
  ["xz", "xr", "xn", "hz", "hr", "hn", "h"],
  ({ xz, xr, xn, hz, hr, hn, h }) => {
    const z = xz.add(hz).sigmoid();
    const r = xr.add(hr).sigmoid();
    const n = r.mul(hn).add(xn).tanh();
    return n.add(z.mul(h.sub(n)));
  },
);

/**
 * Gated recurrent unit: with [xz, xr, xn] = xₜ·W + b and [hz, hr, hn] = hₜ₋₁·U + c,
 *   z = σ(xz + hz)     r = σ(xr + hr)     n = tanh(xn + r·hn)     hₜ = z·hₜ₋₁ + (1 − z)·n     from h₀ = 0.
 * Cho et al., 2014, arXiv:1406.1078, with the reset after the product, as in Keras, whose order of gates this is, and PyTorch, which has r before z.
 *
 * x [batch, steps, features] → the last h [batch, units], or with `returnSequences` all of them [batch, steps, units]; with W [features, 3·units]
 * in `kernel`, U [units, 3·units] in `recurrentKernel`, b [3·units] in `bias` and c [3·units] in `recurrentBias`.
 * @throws {ConfigError} `units-not-positive` and others, when an option is not allowed. @throws {ShapeError} `recurrent-input`.
 */
export class GRU extends Recurrent {
  readonly type = "GRU";
  protected readonly gates = 3;
  protected override readonly hasRecurrentBias = true;

  constructor(options: RecurrentOptions) {
    super(options);
    this.take<RecurrentOptions, GRU>(options, recurrentRules);
  }

  protected step(x: Tensor, h: Tensor, [before]: readonly Tensor[]): readonly Tensor[] {
    const gate = (all: Tensor, i: number) => this.gate(all, i);
    return [next(gate(x, 0), gate(x, 1), gate(x, 2), gate(h, 0), gate(h, 1), gate(h, 2), before!)];
  }
}
