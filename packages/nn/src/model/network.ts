import { ConfigError, ownerLabel, ShapeError } from "../errors.js";
import { formatShape, type Shape, sameShape } from "../graph/shape.js";
import { type Tensor, withScope } from "../graph/tensor.js";
import { builtTwice, type Layer } from "../layers/layer.js";
import { Pass } from "../layers/pass.js";
import type { Variable } from "../layers/variable.js";
import { add } from "../ops/add.js";
import type { Forward, LossGraph, ModelGraph } from "../program/model-programs.js";

/**
 * A chain of layers with their shapes and variables: everything about a model that is not numbers.
 */
export class Network implements ModelGraph {
  /** All variables, in the order of the layers. */
  readonly variables: readonly Variable[];
  /** Those that are learnt by gradients, and the others. */
  readonly parameters: readonly Variable[];
  readonly state: readonly Variable[];
  /** The shapes of one sample: what goes in, then each layer's output. */
  readonly shapes: readonly Shape[];

  /**
   * Names the layers that have no name, infers all shapes and makes the variables.
   * @throws {ShapeError} naming the layer that does not fit. @throws {ConfigError} `no-layers`, `built-twice` or
   * `duplicate-name`.
   */
  constructor(
    readonly layers: readonly Layer[],
    readonly inputShape: Shape,
  ) {
    if (layers.length === 0)
      throw new ConfigError("no-layers", "Sequential: expected at least one layer, got none.");
    nameLayers(layers);
    const shapes: Shape[] = [inputShape];
    let shape = inputShape;
    for (const layer of layers) {
      const next = layer.outputShape(shape);
      layer.makeVariables(shape);
      shape = next;
      shapes.push(shape);
    }
    this.variables = layers.flatMap((layer) => layer.variables);
    this.parameters = this.variables.filter(({ role }) => role === "trained");
    this.state = this.variables.filter(({ role }) => role === "state");
    this.shapes = shapes;
  }

  get outputShape(): Shape {
    return this.shapes.at(-1)!;
  }

  /** What comes of a batch x [batch, …inputShape]. @throws {ShapeError} `output-shape` when a layer does not keep its word. */
  forward(x: Tensor, training: boolean): Forward {
    const { result: layers, assigns } = Pass.run(training, (pass) => {
      let value = x;
      return this.layers.map((layer, i) => {
        value = pass.call(layer, value);
        const promised = [x.shape[0]!, ...this.shapes[i + 1]!];
        if (sameShape(value.shape, promised)) return value;
        throw new ShapeError(
          "output-shape",
          `${ownerLabel(layer)}: expected output of shape ${formatShape(promised)}, got ${formatShape(value.shape)}; make outputShape and call agree.`,
          { layer: layer.name },
        );
      });
    });
    return { output: layers.at(-1)!, layers, assigns };
  }

  /** What a loss is to see: the network's output, or what goes into a closing Softmax or Sigmoid where the loss is on logits. */
  scores(output: Tensor, loss: LossGraph): Tensor {
    const closing = this.layers.at(-1)!.type;
    const takesLogits =
      (loss.onLogits === "softmax" && closing === "Softmax") ||
      (loss.onLogits === "sigmoid" && closing === "Sigmoid");
    return takesLogits ? output.inputs[0]! : output;
  }

  /** The sum of the layers' penalties, a scalar. */
  regularization(): Tensor | undefined {
    const penalties = this.layers
      .map((layer) => withScope(layer.name, () => layer.regularization?.()))
      .filter((penalty) => penalty !== undefined);
    return penalties.length === 0 ? undefined : penalties.reduce((total, penalty) => add(total, penalty));
  }
}

/** "dense1", "dense2", "conv2d1": by type, counted from 1, skipping names that the user gave. */
function nameLayers(layers: readonly Layer[]): void {
  const taken = new Set<string>();
  const twice = layers.find((layer, i) => layers.indexOf(layer) < i);
  if (twice) throw builtTwice(twice);
  for (const { name } of layers) {
    if (name && taken.has(name)) {
      throw new ConfigError(
        "duplicate-name",
        `Sequential: expected layer names to differ, got "${name}" twice.`,
      );
    }
    if (name) taken.add(name);
  }
  const counts = new Map<string, number>();
  for (const layer of layers) {
    if (layer.name) continue;
    const stem = stemOf(layer.type);
    let count = counts.get(stem) ?? 0;
    do count++;
    while (taken.has(`${stem}${count}`));
    counts.set(stem, count);
    layer.name = `${stem}${count}`;
    taken.add(layer.name);
  }
}

/** "MaxPool2d" → "maxPool2d", "ReLU" → "relu", "LeakyReLU" → "leakyRelu". */
function stemOf(type: string): string {
  const words = type.replace(/ReLU$/, "Relu").replace(/^ELU$/, "Elu");
  return words[0]!.toLowerCase() + words.slice(1);
}
