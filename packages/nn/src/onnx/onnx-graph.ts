import { ConfigError } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import { sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { given } from "../initializers/given.js";
import { zeros } from "../initializers/zeros.js";
import type { BuildContext, CallContext } from "../layers/context.js";
import { Layer, type LayerOptions } from "../layers/layer.js";
import type { Variable } from "../layers/variable.js";
import { arange } from "../ops/arange.js";
import { cast } from "../ops/cast.js";
import { dropout } from "../ops/dropout.js";
import { fill } from "../ops/fill.js";
import { input } from "../ops/leaves.js";
import { reshape } from "../ops/reshape.js";
import type { OnnxDescription } from "./description.js";
import { evaluateGraph } from "./evaluate-graph.js";
import { isKnown, type Known, type Value } from "./value.js";

export interface OnnxGraphOptions extends LayerOptions {
  /** What `importOnnx` read. */
  readonly graph: OnnxDescription;
}

/**
 * A graph of ONNX's operators as one layer, with the initializers that are numbers as its variables. `importOnnx` makes it, and a model that has it is
 * saved, read and trained as any other.
 * @throws {ConfigError} `onnx-graph`, `onnx-unsupported`
 */
export class OnnxGraph extends Layer {
  readonly type = "OnnxGraph";
  override readonly takesSeveral = true;
  readonly graph: OnnxDescription;
  readonly #constants = new Map<string, Variable>();

  /** @param initial the weights' numbers by name; zeros until a file gives them */
  constructor(
    options: OnnxGraphOptions,
    private readonly initial: ReadonlyMap<string, Float32Array> = new Map(),
  ) {
    super(options);
    requireDescription(options.graph);
    this.graph = options.graph;
  }

  override config(): Record<string, unknown> {
    return { ...this.named(), graph: this.graph };
  }

  override build(_inputShape: Shape, context: BuildContext): void {
    for (const { name, shape, trained } of this.graph.weights) {
      const values = this.initial.get(name);
      const initializer = values ? given(values) : zeros();
      if (trained) context.parameter(name, shape, initializer);
      else context.state(name, shape, initializer);
    }
    // What a run needs of constants shows when the graph is made once.
    const weights = new Map(this.graph.weights.map(({ name, shape }) => [name, fill(shape, 0)]));
    const xs = context.inputShapes.map((shape) => input("x", [2, ...shape]));
    this.#run(xs, {
      weight: (name) => weights.get(name)!,
      constant: (known) => {
        const key = keyOf(known);
        const name = `constant${this.#constants.size + 1}`;
        if (!this.#constants.has(key)) {
          this.#constants.set(key, context.state(name, known.shape, given(Float32Array.from(known.values))));
        }
        return this.#constants.get(key)!.tensor;
      },
      dropout: (x) => x,
    });
  }

  override call(_x: Tensor, context: CallContext): Tensor {
    const weights = new Map(this.graph.weights.map(({ name }, i) => [name, this.variables[i]!.tensor]));
    return this.#run(context.inputs, {
      weight: (name) => weights.get(name)!,
      constant: (known) => {
        const found = this.#constants.get(keyOf(known));
        if (found) return found.tensor;
        throw new ConfigError(
          "onnx-graph",
          "onnx: expected constants that do not depend on the batch's size, got one that does.",
        );
      },
      dropout: (x, rate) =>
        context.training && rate > 0 ? dropout(x, { rate, stream: context.stream() }) : x,
    });
  }

  #run(
    xs: readonly Tensor[],
    around: {
      weight(name: string): Tensor;
      constant(known: Known): Tensor;
      dropout(x: Tensor, rate: number): Tensor;
    },
  ): Tensor {
    const { inputs, output, constants, weights } = this.graph;
    const values = new Map<string, Value>(Object.entries(constants));
    inputs.forEach(({ name, type }, i) => {
      const x = xs[i];
      if (!x)
        throw new ConfigError("onnx-graph", `onnx: expected ${inputs.length} inputs, got ${xs.length}.`);
      values.set(name, { type, tensor: x });
    });
    for (const { name, shape } of weights)
      values.set(name, { type: "float", shape, values: [], weight: name });
    const made = evaluateGraph(this.graph, values, {
      leaf: (known) =>
        known.weight === undefined ? constantOf(known, around.constant) : around.weight(known.weight),
      fixed: () => {},
      dropout: around.dropout,
    }).get(output);
    if (!made) {
      throw new ConfigError(
        "onnx-unsupported",
        `onnx: Loam does not know how to make the output ${JSON.stringify(output)} of its node.`,
      );
    }
    if (isKnown(made))
      throw new ConfigError(
        "onnx-graph",
        "onnx: expected an output that depends on an input, got a constant.",
      );
    return cast(made.tensor, "f32");
  }
}

/** Constants that an op makes need no memory, and may depend on the batch's size. */
function constantOf(known: Known, other: (known: Known) => Tensor): Tensor {
  const { values, shape } = known;
  const [first = 0, second = 0] = Array.from({ length: Math.min(2, values.length) }, (_, i) => values[i]!);
  const step = values.length > 1 ? second - first : 0;
  const all = Array.from(values);
  if (all.every((value) => value === first)) return fill(shape, first);
  const whole = Number.isInteger(first) && Number.isInteger(step);
  if (whole && all.every((value, i) => value === first + i * step)) {
    return reshape(arange(sizeOf(shape), first, step), shape);
  }
  return other(known);
}

function keyOf({ shape, values }: Known): string {
  return `${shape.join()}:${Array.from(values).join()}`;
}

/** @throws {ConfigError} `onnx-graph` for what no import made. */
function requireDescription(graph: unknown): void {
  const { nodes, inputs, weights, constants } = (graph ?? {}) as {
    readonly [key in keyof OnnxDescription]?: unknown;
  };
  if ([nodes, inputs, weights].every(Array.isArray) && typeof constants === "object") return;
  throw new ConfigError("onnx-graph", "OnnxGraph: expected a graph as importOnnx reads it; use importOnnx.");
}
