import { ConfigError } from "../errors.js";
import { formatShape, type Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { ElementType } from "../io/onnx/tensor-data.js";
import type {
  AttributeDescription,
  BodyDescription,
  ConstantDescription,
  NodeDescription,
} from "./description.js";
import { isKnown, isWhole, type Known, shapeOf, type Value } from "./value.js";

/** What a graph stands in: where its numbers come from, and what a training step does apart from others. */
export interface Surroundings {
  /** A tensor of known numbers, be they a weight or a constant. */
  leaf(known: Known): Tensor;
  /** Told of a weight that is not learnt: its numbers are read while the graph is made, or are averages that a node keeps. */
  fixed(weight: string, why: "read" | "state"): void;
  dropout(x: Tensor, rate: number): Tensor;
}

/** The outputs of a graph in an attribute, for values of its inputs; it sees what is around the node. */
export type EvaluateBody = (body: BodyDescription, inputs: readonly Value[]) => readonly Value[];

/** What an operator is asked for: a node of the graph with its inputs' values. */
export class Call {
  constructor(
    readonly node: NodeDescription,
    readonly opset: number,
    private readonly values: readonly (Value | undefined)[],
    private readonly around: Surroundings,
    private readonly evaluate: EvaluateBody,
  ) {}

  get count(): number {
    return this.values.length;
  }

  has(input: number): boolean {
    return this.values[input] !== undefined;
  }

  /** @throws {ConfigError} `onnx-graph` for an input that is left out and has to be there. */
  value(input: number): Value {
    const value = this.values[input];
    if (value) return value;
    throw new ConfigError(
      "onnx-graph",
      `${this.label}: expected an input ${input}, got none; the graph is not valid.`,
    );
  }

  type(input = 0): ElementType {
    return this.value(input).type;
  }

  shape(input = 0): Shape {
    return shapeOf(this.value(input));
  }

  /** An input as a tensor. */
  x(input = 0): Tensor {
    const value = this.value(input);
    return isKnown(value) ? this.around.leaf(value) : value.tensor;
  }

  optional(input: number): Tensor | undefined {
    return this.has(input) ? this.x(input) : undefined;
  }

  /** An input that training leaves as it is, such as a running mean. */
  state(input: number): Tensor {
    const value = this.value(input);
    if (isKnown(value) && value.weight !== undefined) this.around.fixed(value.weight, "state");
    return this.x(input);
  }

  dropout(x: Tensor, rate: number): Tensor {
    return this.around.dropout(x, rate);
  }

  constant(known: Known): Tensor {
    return this.around.leaf(known);
  }

  /** The numbers of an input that has to be there before a run. @throws {ConfigError} `onnx-unsupported` for one that is computed. */
  known(input: number): number[] {
    const value = this.value(input);
    if (!isKnown(value)) throw this.unsupported(`input ${input} that is computed, which has to be constant`);
    if (value.weight !== undefined) this.around.fixed(value.weight, "read");
    return Array.from(value.values);
  }

  /** Numbers that are an attribute in older versions of an operator, and an input in newer ones. */
  numbers(attribute: string, input: number): number[] | undefined {
    if (this.has(input)) return this.known(input);
    return this.list(attribute);
  }

  /** Numbers that are sides, or counts: whole and from `least` on. @throws {ConfigError} `onnx-graph` */
  sizes(values: readonly number[], least = 0): readonly number[] {
    if (values.every((value) => Number.isSafeInteger(value) && value >= least)) return values;
    throw new ConfigError(
      "onnx-graph",
      `${this.label}: expected whole numbers of at least ${least}, got ${formatShape(values.slice(0, 8))}; the graph is not valid.`,
    );
  }

  list(name: string): number[] | undefined {
    const value = this.node.attributes[name];
    if (value === undefined) return undefined;
    return this.of<readonly number[]>(name, value, isNumbers).slice();
  }

  number(name: string, usual: number): number {
    const value = this.node.attributes[name] ?? usual;
    return this.of(name, value, (one): one is number => typeof one === "number");
  }

  flag(name: string, usual = false): boolean {
    return this.number(name, usual ? 1 : 0) !== 0;
  }

  text(name: string, usual: string): string {
    const value = this.node.attributes[name] ?? usual;
    return this.of(name, value, (one): one is string => typeof one === "string");
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.node.attributes[name];
    if (value === undefined) return undefined;
    return this.of(
      name,
      value,
      (one): one is string[] => Array.isArray(one) && one.every((x) => typeof x === "string"),
    );
  }

  tensor(name: string): ConstantDescription | undefined {
    const value = this.node.attributes[name];
    if (value === undefined) return undefined;
    return this.of(
      name,
      value,
      (one): one is ConstantDescription => typeof one === "object" && "values" in one,
    );
  }

  /** What a graph in an attribute makes of values for its inputs. */
  body(name: string, inputs: readonly Value[]): readonly Value[] {
    const value = this.node.attributes[name] ?? "";
    const body = this.of(
      name,
      value,
      (one): one is BodyDescription => typeof one === "object" && "nodes" in one,
    );
    if (body.inputs.length === inputs.length) return this.evaluate(body, inputs);
    throw new ConfigError(
      "onnx-graph",
      `${this.label}: expected a ${name} of ${inputs.length} inputs, got ${body.inputs.length}; the graph is not valid.`,
    );
  }

  /** An axis, which may be counted from the last one back. */
  axis(axis: number, rank = this.shape().length): number {
    if (Number.isInteger(axis) && axis >= -rank && axis < Math.max(1, rank))
      return axis < 0 ? axis + rank : axis;
    throw new ConfigError(
      "onnx-graph",
      `${this.label}: expected an axis of ${rank} dimensions, got ${axis}.`,
    );
  }

  /** A node's output: of the first input's type unless said. */
  result(tensor: Tensor, type: ElementType = this.type()): Value {
    return { type: isWhole(type) || type === "bool" ? type : "float", tensor };
  }

  /** For what the operator may be asked for, and Loam has not. */
  unsupported(what: string): ConfigError {
    return new ConfigError("onnx-unsupported", `${this.label}: Loam does not know ${what}.`);
  }

  /** `Conv "conv1"`: what messages call the node. */
  get label(): string {
    const { operator, name, outputs } = this.node;
    return `${operator} ${JSON.stringify(name || outputs[0] || "")}`;
  }

  /** @throws {ConfigError} `onnx-graph` when an input has not as many dimensions. */
  requireRank(input: number, least: number, most = least): void {
    const { length } = this.shape(input);
    if (length >= least && length <= most) return;
    throw this.unsupported(
      `an input of shape ${formatShape(this.shape(input))}; it has ${least === most ? least : `${least} to ${most}`} dimensions here`,
    );
  }

  private of<T extends AttributeDescription>(
    name: string,
    value: AttributeDescription,
    is: (value: AttributeDescription) => value is T & AttributeDescription,
  ): T {
    if (is(value)) return value;
    throw new ConfigError(
      "onnx-graph",
      `${this.label}: expected another kind of value for ${name}; the graph is not valid.`,
    );
  }
}

function isNumbers(value: AttributeDescription): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}

/** What an operator does: values for the node's outputs, those that nobody can have left out. */
export type Operator = (call: Call) => Value | readonly (Value | undefined)[];
