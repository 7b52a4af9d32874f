import { fansOf } from "./fans.js";
import { fillNormal, fillUniform } from "./fill.js";
import type { Initializer, InitializerDefinition } from "./initializer.js";

/**
 * U(−a, a) with a = √(6/fanIn): keeps the variance even through layers followed by a ReLU, which halves it.
 * He, Zhang, Ren & Sun, 2015, arXiv:1502.01852. PyTorch's kaiming_uniform_ with the gain of a ReLU.
 */
export function heUniform(): Initializer {
  return { kind: "heUniform" };
}

/** N(0, 2/fanIn). Not cut off; Keras draws again beyond two deviations, and widens what is left. */
export function heNormal(): Initializer {
  return { kind: "heNormal" };
}

export const heUniformDefinition: InitializerDefinition = {
  options: [],
  fill: (values, _, shape, random) => {
    const bound = Math.sqrt(6 / fansOf(shape).fanIn);
    fillUniform(values, -bound, bound, random);
  },
};

export const heNormalDefinition: InitializerDefinition = {
  options: [],
  fill: (values, _, shape, random) => fillNormal(values, 0, Math.sqrt(2 / fansOf(shape).fanIn), random),
};
