import { fansOf } from "./fans.js";
import { fillNormal, fillUniform } from "./fill.js";
import type { Initializer, InitializerDefinition } from "./initializer.js";

/** U(−a, a) with a = √(3/fanIn), of variance 1/fanIn: a layer's sums have the variance of its inputs. LeCun et al., 1998, "Efficient BackProp". */
export function lecunUniform(): Initializer {
  return { kind: "lecunUniform" };
}

/** N(0, 1/fanIn). Not cut off; Keras draws again beyond two deviations, and widens what is left. */
export function lecunNormal(): Initializer {
  return { kind: "lecunNormal" };
}

export const lecunUniformDefinition: InitializerDefinition = {
  options: [],
  fill: (values, _, shape, random) => {
    const bound = Math.sqrt(3 / fansOf(shape).fanIn);
    fillUniform(values, -bound, bound, random);
  },
};

export const lecunNormalDefinition: InitializerDefinition = {
  options: [],
  fill: (values, _, shape, random) => fillNormal(values, 0, Math.sqrt(1 / fansOf(shape).fanIn), random),
};
