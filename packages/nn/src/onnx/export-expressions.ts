import type { Expression, Primitive } from "../graph/expression.js";
import type { Op } from "../graph/op.js";
import { broadcastShape, sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { ELEMENT_TYPES } from "../io/onnx/tensor-data.js";
import type { ElementwiseAttributes } from "../ops/elementwise.js";
import { eluOp } from "../ops/elu.js";
import { constantOf } from "../ops/fill.js";
import { hardSwish } from "../ops/hard-swish.js";
import { leakyReluOp } from "../ops/leaky-relu.js";
import { selu } from "../ops/selu.js";
import { softplus } from "../ops/softplus.js";
import { filled, type GraphWriter } from "./graph-writer.js";

/** A value of a formula, and whether it is truths. */
interface Part {
  readonly name: string;
  readonly truth: boolean;
}

/** Primitives that are an operator of ONNX's with numbers in and out. */
const DIRECT: Readonly<Partial<Record<Primitive, string>>> = {
  ...{ neg: "Neg", abs: "Abs", sign: "Sign", sqrt: "Sqrt", reciprocal: "Reciprocal", exp: "Exp", log: "Log" },
  ...{ erf: "Erf", sin: "Sin", cos: "Cos", tanh: "Tanh", sigmoid: "Sigmoid", relu: "Relu" },
  ...{ floor: "Floor", ceil: "Ceil", round: "Round" },
  ...{ add: "Add", sub: "Sub", mul: "Mul", div: "Div", max: "Max", min: "Min" },
};

const COMPARISONS: Readonly<Partial<Record<Primitive, string>>> = {
  ...{ lt: "Less", le: "LessOrEqual", gt: "Greater", ge: "GreaterOrEqual", eq: "Equal" },
};

/** Functions that are an operator of ONNX's as a whole, and its alpha from the options that they were made with. */
const WHOLE: ReadonlyMap<
  Op<ElementwiseAttributes>,
  readonly [string, ((options: Options) => number | undefined)?]
> = new Map([
  [eluOp, ["Elu", ({ alpha }: Options) => alpha]],
  [leakyReluOp, ["LeakyRelu", ({ slope }: Options) => slope]],
  [selu.op, ["Selu"]],
  [softplus.op, ["Softplus"]],
  [hardSwish.op, ["HardSwish"]],
]);

type Options = { readonly alpha?: number; readonly slope?: number };

/** Writes an elementwise op as the operators of its formulas, and binds its outputs. */
export function emitExpressions(writer: GraphWriter, x: Tensor): void {
  const [operator, alphaOf] = WHOLE.get(x.op as unknown as Op<ElementwiseAttributes>) ?? [];
  const stem = x.scope ? `${x.scope}/${x.op.name}` : x.op.name;
  if (operator) {
    const alpha = alphaOf?.(x.attributes.options as Options);
    const [input] = x.inputs.map((one) => writer.numbers(one)) as [string];
    writer.bind(
      x,
      writer.emit(operator, [input], alpha === undefined ? {} : { alpha: { float: alpha } }, stem),
    );
    return;
  }
  const others = x.inputs.filter((one) => constantOf(one) === undefined);
  const common = broadcastShape(others.map(({ shape }) => shape));
  // Constants broadcast, unless they are what makes the result as large as it is.
  const fills = !common || !sameShape(common, x.shape);
  const inputs = x.inputs.map((one): Part => {
    if (constantOf(one) !== undefined) {
      return { name: fills ? filled(writer, one) : writer.number(constantOf(one)!), truth: false };
    }
    if (one.type !== "u32" && one.type !== "u8")
      return { name: writer.name(one), truth: one.type === "bool" };
    return { name: writer.emit("Cast", [writer.name(one)], { to: ELEMENT_TYPES.float }), truth: false };
  });
  const known = new Map<Expression, Part>();
  const number = ({ name, truth }: Part) =>
    truth ? writer.emit("Cast", [name], { to: ELEMENT_TYPES.float }, `${name}_number`) : name;
  const truth = ({ name, truth: is }: Part) =>
    is ? name : writer.emit("Cast", [name], { to: ELEMENT_TYPES.bool });
  const emit = (operator: string, ...names: string[]): Part => ({
    name: writer.emit(operator, names, {}, stem),
    truth: false,
  });
  const partOf = (expression: Expression): Part => {
    const before = known.get(expression);
    if (before) return before;
    const made = make(expression);
    known.set(expression, made);
    return made;
  };
  const make = ({ primitive, args, input, value }: Expression): Part => {
    if (primitive === "input") return inputs[input!]!;
    if (primitive === "constant") return { name: writer.number(value!), truth: false };
    const parts = args.map(partOf);
    const numbers = () => parts.map(number) as [string, string, string];
    const direct = DIRECT[primitive];
    if (direct) return emit(direct, ...numbers().slice(0, parts.length));
    const comparison = COMPARISONS[primitive];
    if (comparison) return { ...emit(comparison, ...numbers().slice(0, 2)), truth: true };
    switch (primitive) {
      case "square": {
        const [a] = numbers();
        return emit("Mul", a, a);
      }
      case "rsqrt":
        return emit("Reciprocal", emit("Sqrt", numbers()[0]).name);
      case "expm1": {
        // Near 0, e^x − 1 loses what 2t / (1 − t) with t = tanh(x/2) keeps.
        const [a] = numbers();
        const half = emit("Tanh", emit("Mul", a, writer.number(0.5)).name).name;
        const double = emit("Add", half, half).name;
        const near = emit("Div", double, emit("Sub", writer.number(1), half).name).name;
        const far = emit("Sub", emit("Exp", a).name, writer.number(1)).name;
        return emit("Where", emit("Less", emit("Abs", a).name, writer.number(1)).name, near, far);
      }
      case "log1p": {
        // ln(u)·x / (u − 1) with u = 1 + x takes back the rounding of u (Kahan).
        const [a] = numbers();
        const u = emit("Add", a, writer.number(1)).name;
        const step = emit("Sub", u, writer.number(1)).name;
        const none = emit("Equal", step, writer.number(0)).name;
        const ratio = emit("Div", a, emit("Where", none, writer.number(1), step).name).name;
        return emit("Where", none, a, emit("Mul", emit("Log", u).name, ratio).name);
      }
      case "madd": {
        const [a, b, c] = numbers();
        return emit("Add", emit("Mul", a, b).name, c);
      }
      case "ne":
        return { ...emit("Not", emit("Equal", ...numbers().slice(0, 2)).name), truth: true };
      case "not":
        return { ...emit("Not", truth(parts[0]!)), truth: true };
      case "and":
        return { ...emit("And", truth(parts[0]!), truth(parts[1]!)), truth: true };
      case "or":
        return { ...emit("Or", truth(parts[0]!), truth(parts[1]!)), truth: true };
      default: {
        // where(c, a, b)
        const [c, a, b] = parts as [Part, Part, Part];
        return emit("Where", truth(c), number(a), number(b));
      }
    }
  };
  const expressions = x.op.expressions!(x);
  x.node.outputs.forEach((output, i) => {
    const made = partOf(expressions[i]!);
    const name = output.type === "bool" ? truth(made) : number(made);
    writer.bind(output, name);
  });
}
