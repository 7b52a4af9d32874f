import { ownerLabel, ShapeError } from "../errors.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import { type Tensor, withScope } from "../graph/tensor.js";
import { builtTwice, type Layer } from "../layers/layer.js";
import { Pass } from "../layers/pass.js";
import type { Variable } from "../layers/variable.js";
import { add } from "../ops/add.js";
import { reshape } from "../ops/reshape.js";
import type { Forward, LossGraph, ModelGraph } from "../program/model-programs.js";
import type { Graph } from "./trace.js";

/** The variables that a network has: one object belongs to one of them. */
const owned = new WeakSet<Variable>();

/**
 * Layers that are connected, with their shapes and variables: everything about a model that is not numbers.
 */
export class Network implements ModelGraph {
  readonly inputShapes: readonly Shape[];
  /** All variables, in the order of the layers. */
  readonly variables: readonly Variable[];
  /** Those that are learnt by gradients, and the others. */
  readonly parameters: readonly Variable[];
  readonly state: readonly Variable[];
  /** The shapes of one sample: what goes in, then what each call of a layer makes. */
  readonly shapes: readonly Shape[];

  /** Of the first input, where there are several. */
  readonly inputShape: Shape;

  /** Of layers connected by a graph, in which they have their names. @throws {ConfigError} `built-twice` for a layer of another model. */
  constructor(
    readonly layers: readonly Layer[],
    readonly graph: Graph,
  ) {
    this.inputShape = graph.inputs[0]!.shape;
    this.inputShapes = graph.inputs.map(({ shape }) => shape);
    this.shapes = [...graph.inputs, ...graph.calls].map(({ shape }) => shape);
    this.variables = layers.flatMap((layer) => layer.variables);
    const inside = new Set(graph.parts.flatMap(({ network }) => network.layers));
    const other = layers.find(
      (layer) => !inside.has(layer) && layer.variables.some((variable) => owned.has(variable)),
    );
    if (other) throw builtTwice(other);
    for (const variable of this.variables) owned.add(variable);
    this.parameters = this.variables.filter(({ role }) => role === "trained");
    this.state = this.variables.filter(({ role }) => role === "state");
  }

  /** Of the first output, where there are several. */
  get outputShape(): Shape {
    return this.shapes[this.graph.outputs[0]!]!;
  }

  get answers(): number {
    return sizeOf(this.outputShape.slice(0, -1));
  }

  /** What comes of batches x [batch, …inputShape]. @throws {ShapeError} `output-shape` when a layer does not keep its word. */
  forward(xs: readonly Tensor[], training: boolean): Forward {
    const batch = xs[0]!.shape[0]!;
    const { calls, outputs } = this.graph;
    const values = [...xs];
    const { assigns } = Pass.run(training, (pass) => {
      for (const { layer, inputs, shape } of calls) {
        const y = pass.call(
          layer,
          inputs.map((value) => values[value]!),
        );
        const promised = [batch, ...shape];
        if (!sameShape(y.shape, promised)) {
          throw new ShapeError(
            "output-shape",
            `${ownerLabel(layer)}: expected output of shape ${formatShape(promised)}, got ${formatShape(y.shape)}; make outputShape and call agree.`,
            { layer: layer.name },
          );
        }
        values.push(y);
      }
    });
    return { outputs: outputs.map((value) => values[value]!), layers: values.slice(xs.length), assigns };
  }

  /** What the first output is made by last, if that is a function known by name: "softmax", as a layer or as another's activation. */
  get closing(): unknown {
    const { inputs, calls, outputs } = this.graph;
    const layer: { type: string; activation?: unknown } | undefined =
      calls[outputs[0]! - inputs.length]?.layer;
    return layer?.activation ?? { Softmax: "softmax", Sigmoid: "sigmoid" }[layer?.type ?? ""];
  }

  /** What a loss is to see: the network's output, or what goes into a closing softmax or sigmoid where the loss is on logits. */
  scores(output: Tensor, loss: LossGraph): Tensor {
    const { onLogits } = loss;
    if (!onLogits || this.closing !== onLogits) return output;
    // A sequence's rows are put back into its shape behind the function.
    const made = output.op.name === "reshape" ? output.inputs[0]! : output;
    return made.op.name === onLogits ? reshape(made.inputs[0]!, output.shape) : output;
  }

  /** The sum of the layers' penalties, a scalar. */
  regularization(): Tensor | undefined {
    const penalties = this.layers
      .map((layer) => withScope(layer.name, () => layer.regularization?.()))
      .filter((penalty) => penalty !== undefined);
    return penalties.length === 0 ? undefined : penalties.reduce((total, penalty) => add(total, penalty));
  }
}
