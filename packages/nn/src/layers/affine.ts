import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { constant } from "../initializers/constant.js";
import type { Initializer } from "../initializers/initializer.js";
import { zeros } from "../initializers/zeros.js";
import { add } from "../ops/add.js";
import { mul } from "../ops/mul.js";
import type { BuildContext } from "./context.js";
import type { LayerOptions } from "./layer.js";
import { boolean, initializer } from "./option-rules.js";
import type { Variable } from "./variable.js";

/** What follows a normalization: y = γ·ŷ + β, learnt, both of which may be left out. */
export interface AffineOptions extends LayerOptions {
  /** Whether there is a γ; default true. */
  readonly scale?: boolean;
  /** Whether there is a β; default true. */
  readonly center?: boolean;
  /** Default `constant(1)`; `constant(0)` lets a residual branch begin as nothing. */
  readonly gammaInitializer?: Initializer;
  /** Default `zeros()`. */
  readonly betaInitializer?: Initializer;
}

/** The options as a layer has them. */
export interface AffineFields {
  readonly scale: boolean;
  readonly center: boolean;
  readonly gammaInitializer: Initializer;
  readonly betaInitializer: Initializer;
}

export const affineRules = {
  scale: boolean(true),
  center: boolean(true),
  gammaInitializer: initializer(() => constant(1)),
  betaInitializer: initializer(zeros),
};

/** γ and β of a layer, called `gamma` and `beta`. */
export class Affine {
  readonly #gamma: Variable | undefined;
  readonly #beta: Variable | undefined;

  constructor(fields: AffineFields, shape: Shape, context: BuildContext) {
    if (fields.scale) this.#gamma = context.parameter("gamma", shape, fields.gammaInitializer);
    if (fields.center) this.#beta = context.parameter("beta", shape, fields.betaInitializer);
  }

  /** γ·ŷ + β, each brought by `spread` into a shape that broadcasts over ŷ. */
  apply(y: Tensor, spread: (vector: Tensor) => Tensor = (vector) => vector): Tensor {
    const scaled = this.#gamma ? mul(y, spread(this.#gamma.tensor)) : y;
    return this.#beta ? add(scaled, spread(this.#beta.tensor)) : scaled;
  }
}
