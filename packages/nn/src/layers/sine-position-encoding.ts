import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { arange } from "../ops/arange.js";
import { elementwise } from "../ops/elementwise.js";
import { fill } from "../ops/fill.js";
import { pow } from "../ops/pow.js";
import { reshape } from "../ops/reshape.js";
import type { LayerOptions } from "./layer.js";
import { inInterval } from "./option-rules.js";
import { OverSteps } from "./over-steps.js";

export interface SinePositionEncodingOptions extends LayerOptions {
  /** How long the longest wave is at most, in steps, divided by 2π; in [1, ∞), default 10,000. */
  readonly maxWavelength?: number;
}

/** −2⌊j/2⌋/n, to which power the wavelength is taken for column j of n. */
const exponent = elementwise("sineExponent", ["j"], ({ j }, { n }: { n: number }) =>
  j
    .mul(0.5)
    .floor()
    .mul(-2 / n),
);

/** The sine for even columns, the cosine for odd ones. */
const wave = elementwise("sinePosition", ["t", "rate", "j"], ({ t, rate, j }) => {
  const angle = t.mul(rate);
  const half = j.mul(0.5);
  return half.gt(half.floor()).where(angle.cos(), angle.sin());
});

/**
 * Says where in the sequence a step is, by waves of different lengths: y[t, j] = x[t, j] + sin(t/w) for even j, + cos(t/w) for odd, with
 * w = maxWavelength^(2⌊j/2⌋/features). Vaswani et al., 2017, arXiv:1706.03762, section 3.5. Nothing is learnt, and any length will do.
 *
 * x [batch, steps, features] → y of the same shape. (KerasHub's layer of this name gives the waves alone, which are then to be added.)
 * @throws {ConfigError} `max-wavelength-out-of-range`. @throws {ShapeError} `steps-input`.
 */
export class SinePositionEncoding extends OverSteps {
  readonly type = "SinePositionEncoding";
  declare readonly maxWavelength: number;

  constructor(options: SinePositionEncodingOptions = {}) {
    super(options);
    this.take<SinePositionEncodingOptions, SinePositionEncoding>(options, {
      maxWavelength: inInterval("[1, Infinity)", 10_000),
    });
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireSteps(inputShape);
    return inputShape;
  }

  override call(x: Tensor): Tensor {
    const [, steps, features] = x.shape as [number, number, number];
    const places = reshape(arange(steps), [steps, 1]);
    const columns = arange(features);
    const rates = pow(fill([features], this.maxWavelength), exponent(columns, { n: features }));
    return add(x, wave(places, rates, columns));
  }
}
