import { ConfigError, ownerLabel, ShapeError } from "../errors.js";
import { formatShape, type Shape, sameShape } from "../graph/shape.js";
import { type Tensor, withScope } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { builtTwice, type Layer, type Parameter } from "../layers/layer.js";
import { add } from "../ops/add.js";
import { parameterTensor } from "../ops/leaves.js";
import type { LossGraph, ModelGraph } from "../program/model-programs.js";

/**
 * A chain of layers with their shapes and parameters: everything about a model that is not numbers.
 */
export class Network implements ModelGraph {
  readonly parameters: readonly Parameter[];
  /** The shapes of one sample: what goes in, then each layer's output. */
  readonly shapes: readonly Shape[];

  /**
   * Names the layers that have no name, infers all shapes and makes the parameters.
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
    const parameters: Parameter[] = [];
    const shapes: Shape[] = [inputShape];
    let shape = inputShape;
    for (const layer of layers) {
      const next = layer.outputShape(shape);
      layer.build(shape, {
        parameter: (name, parameterShape, initializer: Initializer, options = {}) => {
          const fullName = `${layer.name}/${name}`;
          const parameter: Parameter = {
            name: fullName,
            shape: parameterShape,
            initializer,
            tensor: parameterTensor(fullName, parameterShape),
            trainable: options.trainable ?? true,
          };
          parameters.push(parameter);
          return parameter;
        },
      });
      shape = next;
      shapes.push(shape);
    }
    this.parameters = parameters;
    this.shapes = shapes;
  }

  get outputShape(): Shape {
    return this.shapes.at(-1)!;
  }

  /** Each layer's output for a batch x [batch, …inputShape]. @throws {ShapeError} `output-shape` when a layer does not keep its word. */
  forward(x: Tensor, training: boolean): Tensor[] {
    let stream = 0;
    let value = x;
    return this.layers.map((layer, i) => {
      value = withScope(layer.name, () => layer.call(value, { training, stream: () => stream++ }));
      const promised = [x.shape[0]!, ...this.shapes[i + 1]!];
      if (sameShape(value.shape, promised)) return value;
      throw new ShapeError(
        "output-shape",
        `${ownerLabel(layer)}: expected output of shape ${formatShape(promised)}, got ${formatShape(value.shape)}; make outputShape and call agree.`,
        { layer: layer.name },
      );
    });
  }

  /** What a loss is to see: the network's output, or what goes into a closing Softmax or Sigmoid where the loss is on logits. */
  scores(outputs: readonly Tensor[], loss: LossGraph): Tensor {
    const last = outputs.at(-1)!;
    const closing = this.layers.at(-1)!.type;
    const takesLogits =
      (loss.onLogits === "softmax" && closing === "Softmax") ||
      (loss.onLogits === "sigmoid" && closing === "Sigmoid");
    return takesLogits ? last.inputs[0]! : last;
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
