import { InternalError } from "../../errors.js";
import { float } from "./c-text.js";

/** The functions of one number, in C. */
const EXPRESSIONS: Readonly<Record<string, (parameter: number) => string>> = {
  ReLU: (maximum) =>
    maximum > 0 ? `x > 0.0f ? (x < ${float(maximum)} ? x : ${float(maximum)}) : 0.0f` : "x > 0.0f ? x : 0.0f",
  LeakyReLU: (slope) => `x > 0.0f ? x : x * ${float(slope)}`,
  ELU: (alpha) => `x > 0.0f ? x : ${float(alpha)} * expm1f(x)`,
  SELU: () => "1.05070099f * (x > 0.0f ? x : 1.67326324f * expm1f(x))",
  GELU: (byTanh) =>
    byTanh
      ? "0.5f * x * (1.0f + tanhf(0.797884561f * x * (1.0f + 0.044715f * x * x)))"
      : "0.5f * x * (1.0f + erff(x * 0.707106781f))",
  SiLU: () => "x / (1.0f + expf(-x))",
  Mish: () => "x * tanhf((x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x))))",
  HardSwish: () => "x * (x <= -3.0f ? 0.0f : x >= 3.0f ? 6.0f : x + 3.0f) / 6.0f",
  Softplus: () => "(x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)))",
  Sigmoid: () => "1.0f / (1.0f + expf(-x))",
  Tanh: () => "tanhf(x)",
};

/** What a layer does to x, as an expression. */
export function mapExpression(type: string, parameter: number): string {
  const write = EXPRESSIONS[type];
  if (!write) throw new InternalError("c-layer-unknown", `no expression for a layer of type ${type}.`);
  return write(parameter);
}
