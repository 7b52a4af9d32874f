import type { Tensor } from "../graph/tensor.js";
import { elementwise } from "./elementwise.js";

/** `gelu` as it is defined, for who needs no other. */
export const exactGelu = elementwise("gelu", ["x"], ({ x }) =>
  x.mul(x.mul(Math.SQRT1_2).erf().add(1)).mul(0.5),
);

/** √(2/π) */
const ROOT = 0.7978845608028654;

const byTanh = elementwise("geluByTanh", ["x"], ({ x }) =>
  x.mul(x.square().mul(0.044715).add(1).mul(x).mul(ROOT).tanh().add(1)).mul(0.5),
);

export interface GeluOptions {
  /** Whether to take ½x(1 + tanh(√(2/π)(x + 0.044715x³))), which GPT-2 was trained with; default false. */
  readonly approximate?: boolean;
}

/** y = x·Φ(x) with Φ the normal distribution, ½(1 + erf(x/√2)); elementwise, any shape. Hendrycks & Gimpel, 2016, arXiv:1606.08415. */
export function gelu(x: Tensor, { approximate = false }: GeluOptions = {}): Tensor {
  return approximate ? byTanh(x) : exactGelu(x);
}
