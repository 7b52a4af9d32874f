import type { Tensor } from "../../graph/tensor.js";
import { elementType } from "../../io/onnx/tensor-data.js";
import { abs } from "../../ops/abs.js";
import { add } from "../../ops/add.js";
import { cast } from "../../ops/cast.js";
import { ceil } from "../../ops/ceil.js";
import { equal, greater, greaterOrEqual, less, lessOrEqual } from "../../ops/comparisons.js";
import { cos } from "../../ops/cos.js";
import { div } from "../../ops/div.js";
import { elementwise } from "../../ops/elementwise.js";
import { elu } from "../../ops/elu.js";
import { erf } from "../../ops/erf.js";
import { exp } from "../../ops/exp.js";
import { maximum, minimum } from "../../ops/extremes.js";
import { fill } from "../../ops/fill.js";
import { floor } from "../../ops/floor.js";
import { gelu } from "../../ops/gelu.js";
import { hardSwish } from "../../ops/hard-swish.js";
import { leakyRelu } from "../../ops/leaky-relu.js";
import { log } from "../../ops/log.js";
import { mish } from "../../ops/mish.js";
import { mul } from "../../ops/mul.js";
import { pow } from "../../ops/pow.js";
import { reciprocal } from "../../ops/reciprocal.js";
import { relu } from "../../ops/relu.js";
import { round } from "../../ops/round.js";
import { neg, scale } from "../../ops/scale.js";
import { sigmoid } from "../../ops/sigmoid.js";
import { sign } from "../../ops/sign.js";
import { sin } from "../../ops/sin.js";
import { softplus } from "../../ops/softplus.js";
import { sqrt } from "../../ops/sqrt.js";
import { sub } from "../../ops/sub.js";
import { tanh } from "../../ops/tanh.js";
import { where } from "../../ops/where.js";
import type { Call, Operator } from "../call.js";
import { isKnown, isWhole } from "../value.js";

const unary =
  (f: (x: Tensor) => Tensor): Operator =>
  (call) =>
    call.result(f(call.x()));

const withAlpha =
  (usual: number, f: (x: Tensor, alpha: number) => Tensor): Operator =>
  (call) =>
    call.result(f(call.x(), call.number("alpha", usual)));

function binary(f: (a: Tensor, b: Tensor) => Tensor): Operator {
  return (call) => {
    // Operators before version 7 aligned the second operand by an axis.
    if (call.flag("broadcast")) throw call.unsupported("the broadcasting of operators before version 7");
    return call.result(f(call.x(0), call.x(1)));
  };
}

const comparison =
  (f: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) =>
    call.result(f(call.x(0), call.x(1)), "bool");

const several =
  (f: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) =>
    call.result(allOf(call).reduce(f));

function allOf(call: Call): Tensor[] {
  return Array.from({ length: call.count }, (_, i) => call.x(i));
}

const truncated = elementwise("truncate", ["x"], ({ x }) => x.lt(0).where(x.ceil(), x.floor()));

const scaledElu = elementwise("selu", ["x"], ({ x }, { alpha, gamma }: { alpha: number; gamma: number }) =>
  x.gt(0).where(x, x.min(0).expm1().mul(alpha)).mul(gamma),
);

const celu = elementwise("celu", ["x"], ({ x }, { alpha }: { alpha: number }) =>
  x.max(0).add(x.min(0).div(alpha).expm1().mul(alpha)),
);

const hardSigmoid = elementwise(
  "hardSigmoid",
  ["x"],
  ({ x }, { alpha, beta }: { alpha: number; beta: number }) => x.mul(alpha).add(beta).max(0).min(1),
);

const thresholdedRelu = elementwise("thresholdedRelu", ["x"], ({ x }, { alpha }: { alpha: number }) =>
  x.gt(alpha).where(x, 0),
);

const softsign = elementwise("softsign", ["x"], ({ x }) => x.div(x.abs().add(1)));

const prelu = elementwise("prelu", ["x", "slope"], ({ x, slope }) => x.lt(0).where(x.mul(slope), x));

const and = elementwise("and", ["a", "b"], ({ a, b }) => a.ne(0).and(b.ne(0)));
const or = elementwise("or", ["a", "b"], ({ a, b }) => a.ne(0).or(b.ne(0)));
const xor = elementwise("xor", ["a", "b"], ({ a, b }) => a.ne(0).ne(b.ne(0)));
const not = elementwise("not", ["x"], ({ x }) => x.eq(0));

/** Powers of whole numbers are whole; e^(b·ln a) misses them by a little. */
const wholePower = elementwise("wholePower", ["y"], ({ y }) => y.mul(1 + 2 ** -18).floor());

const power: Operator = (call) => {
  const exponent = call.value(1);
  const single = isKnown(exponent) && exponent.values.length === 1 && exponent.weight === undefined;
  const y = pow(call.x(0), single ? exponent.values[0]! : call.x(1));
  return call.result(isWhole(call.type()) ? wholePower(y) : y);
};

const division: Operator = (call) => {
  const y = div(call.x(0), call.x(1));
  return call.result(isWhole(call.type()) ? truncated(y) : y);
};

const clipped: Operator = (call) => {
  let y = call.x();
  const { attributes } = call.node;
  const bound = (input: number, name: string) => {
    if (!call.has(input)) return attributes[name] === undefined ? undefined : fill([], call.number(name, 0));
    return isKnown(call.value(input)) ? fill([], call.known(input)[0]!) : call.x(input);
  };
  const [low, high] = [bound(1, "min"), bound(2, "max")];
  if (low) y = maximum(y, low);
  if (high) y = minimum(y, high);
  return call.result(y);
};

const converted: Operator = (call) => {
  const type = elementType(call.number("to", 0));
  if (!type || type === "string" || type === "bfloat16" || type === "complex64" || type === "complex128") {
    throw call.unsupported(`the type ${type ?? call.number("to", 0)}`);
  }
  const x = cast(call.x(), "f32");
  if (type === "bool") return call.result(cast(x, "bool"), "bool");
  return call.result(isWhole(type) && !isWhole(call.type()) ? truncated(x) : x, type);
};

/** In inference it hands its input on; whoever asks for the mask is told that everything is kept. */
const dropped: Operator = (call) => {
  const rate = call.has(1) ? call.known(1)[0]! : call.number("ratio", 0.5);
  if (rate > 0 && call.has(2) && call.known(2)[0])
    throw call.unsupported("dropout in inference; training_mode has to be false");
  const y = call.dropout(call.x(), rate);
  return [call.result(y), call.node.outputs[1] ? call.result(fill(y.shape, 1), "bool") : undefined];
};

export const elementwiseOperators: Readonly<Record<string, Operator>> = {
  Abs: unary(abs),
  Ceil: unary(ceil),
  Cos: unary(cos),
  Erf: unary(erf),
  Exp: unary(exp),
  Floor: unary(floor),
  HardSwish: unary(hardSwish),
  Identity: (call) => call.value(0),
  Log: unary(log),
  Mish: unary(mish),
  Neg: unary(neg),
  Reciprocal: unary(reciprocal),
  Relu: unary(relu),
  Round: unary(round),
  Sigmoid: unary(sigmoid),
  Sign: unary(sign),
  Sin: unary(sin),
  Softplus: unary(softplus),
  Softsign: unary(softsign),
  Sqrt: unary(sqrt),
  Tanh: unary(tanh),

  Elu: withAlpha(1, elu),
  LeakyRelu: withAlpha(0.01, leakyRelu),
  Celu: withAlpha(1, (x, alpha) => celu(x, { alpha })),
  ThresholdedRelu: withAlpha(1, (x, alpha) => thresholdedRelu(x, { alpha })),
  HardSigmoid: (call) =>
    call.result(hardSigmoid(call.x(), { alpha: call.number("alpha", 0.2), beta: call.number("beta", 0.5) })),
  Selu: (call) =>
    call.result(
      scaledElu(call.x(), {
        alpha: call.number("alpha", 1.6732632423543772),
        gamma: call.number("gamma", 1.0507009873554805),
      }),
    ),
  Gelu: (call) => call.result(gelu(call.x(), { approximate: call.text("approximate", "none") === "tanh" })),
  PRelu: (call) => call.result(prelu(call.x(0), call.x(1))),

  Add: binary(add),
  Sub: binary(sub),
  Mul: binary(mul),
  Div: division,
  Pow: power,
  Max: several(maximum),
  Min: several(minimum),
  Sum: several(add),
  Mean: (call) => call.result(scale(allOf(call).reduce(add), 1 / call.count)),

  Equal: comparison(equal),
  Greater: comparison(greater),
  GreaterOrEqual: comparison(greaterOrEqual),
  Less: comparison(less),
  LessOrEqual: comparison(lessOrEqual),
  And: comparison(and),
  Or: comparison(or),
  Xor: comparison(xor),
  Not: (call) => call.result(not(call.x()), "bool"),
  Where: (call) => call.result(where(call.x(0), call.x(1), call.x(2)), call.type(1)),

  Clip: clipped,
  Cast: converted,
  Dropout: dropped,
};
