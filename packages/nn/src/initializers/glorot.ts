import { fansOf } from "./fans.js";
import { fillNormal, fillUniform } from "./fill.js";
import type { Initializer, InitializerDefinition } from "./initializer.js";

/**
 * U(−a, a) with a = √(6/(fanIn + fanOut)): keeps the variance of values and of gradients about even through layers that are nearly linear.
 * Glorot & Bengio, 2010. The lessons' xavier; PyTorch's xavier_uniform_.
 */
export function glorotUniform(): Initializer {
  return { kind: "glorotUniform" };
}

/** N(0, 2/(fanIn + fanOut)). Not cut off; Keras draws again beyond two deviations, and widens what is left. */
export function glorotNormal(): Initializer {
  return { kind: "glorotNormal" };
}

export const glorotUniformDefinition: InitializerDefinition = {
  options: [],
  fill: (values, _, shape, random) => {
    const { fanIn, fanOut } = fansOf(shape);
    const bound = Math.sqrt(6 / (fanIn + fanOut));
    fillUniform(values, -bound, bound, random);
  },
};

export const glorotNormalDefinition: InitializerDefinition = {
  options: [],
  fill: (values, _, shape, random) => {
    const { fanIn, fanOut } = fansOf(shape);
    fillNormal(values, 0, Math.sqrt(2 / (fanIn + fanOut)), random);
  },
};
