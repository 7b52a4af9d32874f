import { ConfigError, FormatError, LoamError } from "../../errors.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../../graph/shape.js";
import type { Layer } from "../../layers/layer.js";
import { Permute } from "../../layers/permute.js";
import { Input, type SymbolicTensor } from "../../layers/symbolic.js";
import { model as connect } from "../functional.js";
import type { Model } from "../model.js";
import type { ModelOptions } from "../options.js";
import { type KerasGraph, type KerasLayer, kerasGraph } from "./keras-graph.js";
import { type Converted, convertLayer, Unsupported, type WeightPlan } from "./keras-layers.js";

/** A tensor of a file. */
export interface KerasTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** A layer's weight by its name in Keras; undefined where the file has none. */
export type FindWeight = (
  layer: KerasLayer,
  name: string,
  /** Of a Bidirectional; and which of the layer's weights it is, in the order in which Keras makes them. */
  where: { readonly direction?: "forward" | "backward"; readonly place: number },
) => KerasTensor | undefined;

export interface ImportKerasOptions extends Omit<ModelOptions, "name"> {
  readonly name?: string;
  /** The shape of one sample as Keras has it, channels last, where the file leaves sizes open; of several inputs a list. */
  readonly inputShape?: Shape | readonly Shape[];
}

/** A value, and whether it is a picture whose channels come first. */
interface Placed {
  readonly tensor: SymbolicTensor;
  readonly first: boolean;
}

/**
 * The model that Keras' description and a file's weights are. Pictures go in and come out channels first; between them, what Keras does over [height, width,
 * channels] gets a Permute before it.
 * @throws {ConfigError} `keras-unsupported` with all layers that there are none of here, before anything is made; `keras-input-shape`.
 * @throws {FormatError} `keras-config`, `keras-weights`
 */
export async function kerasModel(
  topology: unknown,
  find: FindWeight,
  { inputShape, ...options }: ImportKerasOptions,
): Promise<Model> {
  const graph = kerasGraph(topology);
  const shapes = inputShapes(graph, inputShape);
  const ranks = ranksOf(graph, shapes);
  const layers = convertAll(graph, ranks, find);
  const ins = graph.inputs.map(({ name }, i) => {
    const shape = shapes[i]!;
    const lies = isPicture(shape) ? [shape[2]!, shape[0]!, shape[1]!] : shape;
    return new Input({ name: name.replaceAll("/", "_"), shape: lies });
  });
  const values: Placed[] = ins.map((tensor) => ({ tensor, first: isPicture(tensor.shape) }));
  const named = new Set<string>();
  for (const { layer, inputs } of graph.calls) {
    const { lies, behind, layers: own } = layers.get(layer)!;
    const given = inputs.map((value) => values[value]!);
    const first = lies === "any" ? given[0]!.first : lies === "first";
    let tensors = given.map((one) => lying(one, first));
    own.forEach((one, i) => {
      if (one.name === "") one.name = uniqueName(i === 0 ? layer.name : `${layer.name}.${one.type}`, named);
      if (i > 0 && behind === "last") tensors = tensors.map((tensor) => lying({ tensor, first }, false));
      tensors = [one.apply(tensors.length === 1 ? tensors[0]! : tensors)];
    });
    const [tensor] = tensors as [SymbolicTensor];
    const made = own.length > 0 && behind === "last" ? false : first;
    values.push({ tensor, first: isPicture(tensor.shape) && made });
  }
  const outputs = graph.outputs.map((value) => lying(values[value]!, true));
  const net = connect({ ...options, inputs: ins, outputs });
  await net.setWeights(weightsFor(net, layers, find));
  return net;
}

const isPicture = (shape: Shape) => shape.length === 3;

/** A picture as it is wanted; all else as it is. */
function lying({ tensor, first }: Placed, wanted: boolean): SymbolicTensor {
  if (!isPicture(tensor.shape) || first === wanted) return tensor;
  return new Permute({ dims: wanted ? [3, 1, 2] : [2, 3, 1] }).apply(tensor);
}

function uniqueName(name: string, named: Set<string>): string {
  const stem = name.replaceAll("/", "_");
  let unique = stem;
  for (let count = 2; named.has(unique); count++) unique = `${stem}_${count}`;
  named.add(unique);
  return unique;
}

function inputShapes({ inputs }: KerasGraph, given: ImportKerasOptions["inputShape"]): Shape[] {
  const lists =
    given === undefined ? [] : Array.isArray(given[0]) ? (given as readonly Shape[]) : [given as Shape];
  return inputs.map(({ name, shape }, i) => {
    const wanted = lists[i];
    const fits =
      wanted?.length === shape.length && shape.every((side, axis) => (side ?? wanted[axis]) === wanted[axis]);
    if (fits) return wanted;
    if (!wanted && shape.every((side) => side !== null)) return shape as number[];
    throw new ConfigError(
      "keras-input-shape",
      `The input "${name}" is [${shape.map((side) => side ?? "any").join(", ")}] without the batch; give inputShape with all sizes, channels last${wanted ? `, got ${formatShape(wanted)}` : ""}.`,
    );
  });
}

/** How many axes a sample has at each call's input, which most layers keep. */
function ranksOf({ calls }: KerasGraph, shapes: readonly Shape[]): number[] {
  const ranks = shapes.map(({ length }) => length);
  return calls.map(({ layer: { className, config }, inputs }) => {
    const rank = ranks[inputs[0]!] ?? 0;
    const list = config.value("target_shape");
    const sequences = () => (recurrentOf(className, config)?.value("return_sequences") === true ? 2 : 1);
    const after = className.startsWith("Global")
      ? config.value("keepdims") === true
        ? rank
        : 1
      : className === "Flatten"
        ? 1
        : className === "Reshape"
          ? Array.isArray(list)
            ? list.length
            : rank
          : className === "RepeatVector"
            ? 2
            : className === "Embedding"
              ? rank + 1
              : ["LSTM", "GRU", "SimpleRNN", "Bidirectional"].includes(className)
                ? sequences()
                : rank;
    ranks.push(after);
    return rank;
  });
}

function recurrentOf(className: string, config: KerasLayer["config"]) {
  return className === "Bidirectional" ? config.object("layer").object("config") : config;
}

/** Each layer as ours. @throws {ConfigError} `keras-unsupported` */
function convertAll(
  { calls }: KerasGraph,
  ranks: readonly number[],
  find: FindWeight,
): Map<KerasLayer, Converted> {
  const made = new Map<KerasLayer, Converted>();
  const unsupported: string[] = [];
  calls.forEach(({ layer }, i) => {
    if (made.has(layer)) return;
    const label = `${layer.className} "${layer.name}"`;
    try {
      const converted = convertLayer(
        layer.className,
        layer.config,
        ranks[i]!,
        (name) => find(layer, name, { place: 0 })?.shape,
      );
      if (!layer.config.boolean("trainable", true)) for (const one of converted.layers) one.trainable = false;
      made.set(layer, converted);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error instanceof LoamError ? naming(label, error) : error;
      unsupported.push(error.message ? `${label} with ${error.message}` : label);
    }
  });
  if (unsupported.length === 0) return made;
  throw new ConfigError(
    "keras-unsupported",
    `Loam has nothing for ${[...new Set(unsupported)].join(", ")}; the model cannot be read.`,
  );
}

/** Options that no layer takes are the file's fault. */
function naming(label: string, cause: LoamError): FormatError {
  return new FormatError("keras-config", `${label}: ${cause.message}`, { cause });
}

/** The variables of a model from a file's weights. @throws {FormatError} `keras-weights` */
function weightsFor(net: Model, layers: ReadonlyMap<KerasLayer, Converted>, find: FindWeight) {
  const byLayer = new Map<Layer, readonly [KerasLayer, readonly WeightPlan[]]>();
  for (const [layer, { layers: own, weights = [] }] of layers)
    if (own[0]) byLayer.set(own[0], [layer, weights]);
  return net.layers.flatMap((one) => {
    const [layer, plans] = byLayer.get(one) ?? [];
    return one.variables.map((variable) => {
      const ours = variable.name.slice(variable.name.lastIndexOf("/") + 1);
      const plan = plans?.find((each) => each.ours === ours);
      const tensor = plan && find(layer!, plan.theirs, whereOf(plan, plans!));
      const value = tensor && arranged(tensor, plan);
      if (value && sameShape(value.shape, variable.shape))
        return { name: `${one.name}/${ours}`, shape: value.shape, data: value.data };
      throw new FormatError(
        "keras-weights",
        `The layer "${layer?.name ?? one.name}" needs a weight ${plan?.theirs ?? ours} of ${formatShape(variable.shape)} here, ${value ? `got ${formatShape(value.shape)}` : "and the file has none"}; save the model again.`,
      );
    });
  });
}

/** Which of its direction's weights one is. */
function whereOf({ theirs, direction }: WeightPlan, plans: readonly WeightPlan[]) {
  const names = plans.filter((plan) => plan.direction === direction).map((plan) => plan.theirs);
  return { place: [...new Set(names)].indexOf(theirs), ...(direction && { direction }) };
}

/** A weight in the order that it has here. */
function arranged(
  { shape, data }: KerasTensor,
  { axes, row, joined, flat }: WeightPlan,
): KerasTensor | undefined {
  if (row !== undefined) {
    const [rows = 0, columns = 0] = shape;
    if (shape.length !== 2 || row >= rows) return undefined;
    return { shape: [columns], data: data.slice(row * columns, (row + 1) * columns) };
  }
  if (flat) return { shape: [sizeOf(shape)], data };
  if (!axes) return { shape, data };
  if (axes.length !== shape.length) return undefined;
  const sides = axes.map((axis) => shape[axis]!);
  const apart = axes.map((axis) => sizeOf(shape.slice(axis + 1)));
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    let [rest, at] = [i, 0];
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      at += (rest % sides[axis]!) * apart[axis]!;
      rest = Math.floor(rest / sides[axis]!);
    }
    out[i] = data[at]!;
  }
  const [a = 0, b = 0, ...others] = sides;
  return { shape: joined ? [a * b, 1, ...others] : sides, data: out };
}
