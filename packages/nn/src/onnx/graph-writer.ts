import { ConfigError } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "../io/onnx/messages.js";
import { ELEMENT_TYPES, tensorOf } from "../io/onnx/tensor-data.js";
import { constantOf } from "../ops/fill.js";

/** A side of a shape: so many, or so many a sample. */
export type Side = { readonly fixed: number } | { readonly times: number };

/** Writes nodes; what an op's rule is given. */
export class GraphWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #names = new Map<Tensor, string>();
  readonly #constants = new Map<string, string>();
  readonly #taken = new Set<string>();
  #batch: string | undefined;

  constructor(
    private readonly sidesOfTensor: (x: Tensor) => readonly Side[],
    /** The graph around a loop's body, which has its constants. */
    private readonly outer?: GraphWriter,
  ) {}

  get root(): GraphWriter {
    return this.outer?.root ?? this;
  }

  sides(x: Tensor): readonly Side[] {
    return this.sidesOfTensor(x);
  }

  /** Whether a side follows the batch. */
  isFree(x: Tensor, axis: number): boolean {
    return "times" in this.sides(x)[axis]!;
  }

  within(): GraphWriter {
    return new GraphWriter(this.sidesOfTensor, this);
  }

  fresh(stem: string): string {
    if (this.outer) return this.root.fresh(stem);
    let name = stem;
    for (let i = 2; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }

  bind(x: Tensor, name: string): void {
    this.#names.set(x, name);
  }

  has(x: Tensor): boolean {
    return this.#names.has(x) || (this.outer?.has(x) ?? false);
  }

  /** A value's name; a constant that is asked for is a number without dimensions, which broadcasts. */
  name(x: Tensor): string {
    const known = this.#names.get(x) ?? (this.outer?.has(x) ? this.outer.name(x) : undefined);
    if (known) return known;
    const constant = constantOf(x);
    if (constant !== undefined) return this.number(constant);
    throw unsupported(x, "a value that nothing before it makes");
  }

  number(value: number): string {
    return this.constant("float", [], [value]);
  }

  whole(values: readonly number[], shape: Shape = [values.length]): string {
    return this.constant("int64", shape, values);
  }

  constant(type: "float" | "int64", shape: Shape, values: readonly number[]): string {
    if (this.outer) return this.root.constant(type, shape, values);
    const key = `${type}:${shape.join()}:${values.join()}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const name = this.fresh(`constant${this.#constants.size + 1}`);
    this.initializers.push(tensorOf(name, type, shape, values));
    this.#constants.set(key, name);
    return name;
  }

  /** A node of one output, whose name it gives. */
  emit(opType: string, input: readonly string[], attributes: Attributes = {}, stem = opType): string {
    const output = this.fresh(stem);
    this.node(opType, input, [output], attributes);
    return output;
  }

  node(
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Attributes = {},
  ): void {
    this.nodes.push({
      opType,
      name: output[0]!,
      input,
      output,
      attribute: Object.entries(attributes).map(attributeOf),
    });
  }

  /** A shape as a value, for one that follows the batch. */
  shape(sides: readonly Side[]): string {
    if (sides.every((side) => "fixed" in side))
      return this.whole(sides.map((side) => (side as { fixed: number }).fixed));
    const parts = sides.map((side) => {
      if ("fixed" in side) return this.whole([side.fixed]);
      return side.times === 1
        ? this.batch()
        : this.emit("Mul", [this.batch(), this.whole([side.times])], {}, "rows");
    });
    return this.emit("Concat", parts, { axis: 0 }, "shape");
  }

  /** The batch's size, as a list of one. */
  batch(): string {
    if (this.outer) return this.root.batch();
    if (!this.#batch)
      throw new ConfigError("onnx-export", "onnx: expected an input that has the batch first.");
    return this.#batch;
  }

  setBatch(name: string): void {
    this.#batch = name;
  }

  /** What an op makes, as numbers: truths are cast. */
  numbers(x: Tensor): string {
    const name = this.name(x);
    return x.type === "bool"
      ? this.emit("Cast", [name], { to: ELEMENT_TYPES.float }, `${name}_number`)
      : name;
  }
}

type Attributes = Readonly<
  Record<string, number | string | readonly number[] | readonly string[] | GraphProto | FloatAttribute>
>;

/** A number that is not to be taken for a whole one. */
export type FloatAttribute = { readonly float: number };

function attributeOf([name, value]: [string, Attributes[string]]): AttributeProto {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
  if (Array.isArray(value)) {
    if (typeof value[0] === "string")
      return { name, type: 8, strings: value.map((one) => new TextEncoder().encode(one)) };
    return { name, type: 7, ints: value as readonly number[] };
  }
  if ("float" in value) return { name, type: 1, f: value.float };
  return { name, type: 5, g: value as GraphProto };
}

export function unsupported(x: Tensor, what = `the op ${x.op.name}`): ConfigError {
  const where = x.scope ? `layer "${x.scope}": ` : "";
  return new ConfigError("onnx-export", `${where}Loam does not know how to write ${what} as ONNX.`);
}

/** A constant with all of its elements. */
export function filled(writer: GraphWriter, x: Tensor): string {
  return writer.emit("Expand", [writer.number(constantOf(x)!), writer.shape(writer.sides(x))], {}, "fill");
}
