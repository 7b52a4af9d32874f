import { ShapeError } from "../errors.js";
import { derivatives } from "../graph/derivative.js";
import { constant, type Expression, inputAt, inputsOf, isTruth, substitute } from "../graph/expression.js";
import { Formula } from "../graph/formula.js";
import type { Layout } from "../graph/layout.js";
import type { LayoutRule, Op } from "../graph/op.js";
import { broadcastShape, formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import { makeTensors, type Node, type Tensor } from "../graph/tensor.js";
import { constantOf, fill } from "./fill.js";
import { lowerWholeFormula } from "./whole-formula.js";

/** A formula's inputs by their names. */
export type Inputs<Name extends string> = { readonly [name in Name]: Formula };

/** What an elementwise node is made with: its formulas, and the options that they came from. */
export type ElementwiseAttributes = {
  readonly expressions: readonly Expression[];
  readonly options?: object | undefined;
};

export interface ElementwiseOptions<Name extends string, Options> {
  /**
   * The gradient by hand, where more is known than follows from the formula, such as that the output tells enough: by input, from the
   * inputs, the (first) output y and what flows into it. Inputs that are left out get none.
   */
  readonly gradient?: (
    x: Inputs<Name>,
    given: { readonly y: Formula; readonly dy: Formula },
    options: Options,
  ) => Partial<Inputs<Name>>;
}

/** An elementwise function of tensors, whose last argument are its options if it has any. */
export interface Elementwise<Names extends readonly string[], Options, Result> {
  (
    ...args: [
      ...{ [index in keyof Names]: Tensor },
      ...([Options] extends [undefined] ? [] : [options: Options]),
    ]
  ): Result;
  readonly op: Op<ElementwiseAttributes>;
  /** The op that computes the gradient with respect to an input, as a formula of what it needs of inputs, outputs and dy, in that order. */
  gradientOp(input?: number): Op<ElementwiseAttributes>;
}

type Outputs = Formula | readonly Formula[];
type Tensors<R extends Outputs> = R extends Formula ? Tensor : { readonly [index in keyof R]: Tensor };

/**
 * Defines an op by a formula: what it does to each element. Its gradient follows from the formula, its operands broadcast as NumPy's do.
 *
 * ```ts
 * const silu = elementwise("silu", ["x"], ({ x }) => x.mul(x.sigmoid()));
 * const clip = elementwise("clip", ["x"], ({ x }, { low, high }: { low: number; high: number }) => x.max(low).min(high));
 * const y = clip(silu(x), { low: 0, high: 1 });
 * ```
 *
 * A formula that gives a list makes an op of several outputs. A comparison gives a tensor of type `"bool"`.
 *
 * Formulas that follow each other, and sums or maxima along their rows, run as one pass over memory.
 *
 * @param name what messages call the op
 * @param inputs the names of its operands, in order
 * @returns a function of tensors: any shapes that broadcast → their common shape
 * @throws {ShapeError} `shapes-do-not-fit` when the operands' shapes do not broadcast
 */
export function elementwise<
  const Names extends readonly string[],
  Options extends object | undefined = undefined,
  R extends Outputs = Formula,
>(
  name: string,
  inputs: Names,
  formula: (x: Inputs<Names[number]>, options: Options) => R,
  { gradient }: ElementwiseOptions<Names[number], Options> = {},
): Elementwise<Names, Options, Tensors<R>> {
  const named = (first: number) =>
    Object.fromEntries(
      inputs.map((input, i) => [input, new Formula(inputAt(first + i))]),
    ) as unknown as Inputs<Names[number]>;
  const byHand =
    gradient &&
    (({ attributes, outputs }: Node<ElementwiseAttributes>): (Expression | undefined)[] => {
      const y = new Formula(inputAt(inputs.length));
      const dy = new Formula(inputAt(inputs.length + outputs.length));
      const found: Partial<Record<string, Formula>> = gradient(
        named(0),
        { y, dy },
        attributes.options as Options,
      );
      return inputs.map((input) => found[input]?.expression);
    });
  const { op, gradientOp } = elementwiseOp(name, inputs, byHand);
  const make = (...args: readonly (Tensor | Options)[]) => {
    const options = args[inputs.length] as Options;
    const result = formula(named(0), options);
    const expressions = [result].flat().map((one) => (one as Formula).expression);
    const made = makeElementwise(op, args.slice(0, inputs.length) as Tensor[], expressions, options);
    return (result instanceof Formula ? made[0] : made) as Tensors<R>;
  };
  return Object.assign(make, { op, gradientOp }) as Elementwise<Names, Options, Tensors<R>>;
}

/** The op of some formulas, and those of its gradients, which are made when they are asked for: they have gradients in turn. */
function elementwiseOp(
  name: string,
  inputs: readonly string[],
  byHand?: (node: Node<ElementwiseAttributes>) => readonly (Expression | undefined)[],
): { readonly op: Op<ElementwiseAttributes>; gradientOp(input?: number): Op<ElementwiseAttributes> } {
  const gradientOps = new Map<number, Op<ElementwiseAttributes>>();
  const gradientOp = (input = 0): Op<ElementwiseAttributes> => {
    const known = gradientOps.get(input);
    if (known) return known;
    const of = inputs.length > 1 ? `(${inputs[input] ?? input})` : "";
    const { op } = elementwiseOp(`${name}Gradient${of}`, []);
    gradientOps.set(input, op);
    return op;
  };
  const op: Op<ElementwiseAttributes> = {
    name,
    layout: alike,
    inPlace: 0,
    expressions: ({ attributes }) => attributes.expressions,
    gradients: (dys, node) => {
      const { outputs, attributes } = node;
      const slopes =
        byHand?.(node) ??
        derivatives(
          attributes.expressions,
          node.inputs.length,
          dys.map((dy) => dy !== undefined),
        );
      const given = [...node.inputs, ...outputs, ...dys];
      return node.inputs.map((x, i) => {
        const slope = slopes[i];
        if (!slope) return fill(x.shape, 0);
        // Only what the slope needs is kept.
        const used = inputsOf([slope]);
        const operands = used.map((place) => given[place]!);
        const formula = substitute([slope], (place) => inputAt(used.indexOf(place)));
        return makeElementwise(gradientOp(i), operands, formula, undefined)[0];
      });
    },
    lower: lowerWholeFormula,
  };
  return { op, gradientOp };
}

/** The outputs of formulas over operands; what is nothing but an operand, or a constant, is that. */
function makeElementwise(
  op: Op<ElementwiseAttributes>,
  operands: readonly Tensor[],
  expressions: readonly Expression[],
  options: object | undefined,
): readonly Tensor[] {
  const used = inputsOf(expressions);
  const shape = commonShape(
    op.name,
    used.map((i) => operands[i]!),
  );
  const constants = operands.map(constantOf);
  const folded = foldAll(expressions, constants);
  if (folded) return folded.map((value) => fill(shape, value));
  if (expressions.length === 1) {
    const alone = operands[onlyInput(expressions, constants) ?? -1];
    if (alone?.type === "f32" && sameShape(alone.shape, shape)) return [alone];
  }
  const outputs = expressions.map((one) => ({
    shape,
    type: isTruth(one) ? ("bool" as const) : ("f32" as const),
  }));
  return makeTensors(op, operands, { expressions, options }, outputs);
}

/** The input that a formula comes to, as 1·x does. */
function onlyInput(
  expressions: readonly Expression[],
  constants: readonly (number | undefined)[],
): number | undefined {
  const known = constants.some((value) => value !== undefined)
    ? substitute(expressions, (i) => (constants[i] === undefined ? inputAt(i) : constant(constants[i])))
    : expressions;
  return known[0]!.primitive === "input" ? known[0]!.input : undefined;
}

/** The values of formulas over nothing but constants; undefined where there is more to them. */
function foldAll(
  expressions: readonly Expression[],
  constants: readonly (number | undefined)[],
): number[] | undefined {
  if (!inputsOf(expressions).every((i) => constants[i] !== undefined)) return undefined;
  const values = substitute(expressions, (i) => constant(constants[i]!)).map(({ value }) => value);
  return values.every((value) => value !== undefined) ? values : undefined;
}

function commonShape(name: string, operands: readonly Tensor[]): Shape {
  const shapes = operands.map(({ shape }) => shape);
  const shape = broadcastShape(shapes);
  if (shape) return shape;
  throw new ShapeError(
    "shapes-do-not-fit",
    `${name}: expected operands whose dimensions, from the last one back, are equal or 1, got ${shapes.map(formatShape).join(" and ")}.`,
  );
}

/** Operands of the output's size lie as the first of them does that is not row-major; if some are repeated, all are row-major, but single numbers lie anyhow. */
function alike({ shape, inputs, node }: Tensor, layouts: readonly (Layout | undefined)[]): LayoutRule {
  const size = sizeOf(shape);
  const repeated = inputs.some((x) => sizeOf(x.shape) !== size && sizeOf(x.shape) !== 1);
  const common = repeated
    ? undefined
    : layouts.find((layout, i) => layout && sizeOf(inputs[i]!.shape) === size);
  return {
    inputs: inputs.map((x) => (sizeOf(x.shape) === size ? common : undefined)),
    output: common,
    also: node.outputs.slice(1).map(() => common),
  };
}
