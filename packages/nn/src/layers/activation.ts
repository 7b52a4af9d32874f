import { requireOneOf } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { elu } from "../ops/elu.js";
import { exactGelu } from "../ops/gelu.js";
import { hardSwish } from "../ops/hard-swish.js";
import { leakyRelu } from "../ops/leaky-relu.js";
import { mish } from "../ops/mish.js";
import { relu } from "../ops/relu.js";
import { selu } from "../ops/selu.js";
import { sigmoid } from "../ops/sigmoid.js";
import { silu } from "../ops/silu.js";
import { softmaxOfRows } from "../ops/softmax.js";
import { softplus } from "../ops/softplus.js";
import { tanh } from "../ops/tanh.js";
import type { OptionRule } from "./option-rules.js";

// The layers of these names with their defaults: one with an option of its own is put behind as a layer.
const activations = {
  relu,
  leakyRelu: (x: Tensor) => leakyRelu(x, 0.01),
  elu: (x: Tensor) => elu(x, 1),
  selu,
  gelu: exactGelu,
  silu,
  mish,
  hardSwish,
  softplus,
  sigmoid,
  tanh,
  softmax: softmaxOfRows,
};

/** What a layer with weights may do to its output: what the layer of the same name does, with that layer's defaults. */
export type Activation = keyof typeof activations;

/** @throws {ConfigError} `activation-unknown` */
export const activation: OptionRule<Activation | undefined> = (owner, name, given) => {
  if (given === undefined) return undefined;
  requireOneOf(owner, name, given as string, Object.keys(activations) as Activation[]);
  return given as Activation;
};

export function activate(x: Tensor, name: Activation | undefined): Tensor {
  return name ? activations[name](x) : x;
}
