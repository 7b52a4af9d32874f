import { parseScaling } from "../data/scaling.js";
import { FormatError, showValue } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import { decodeSafetensors, encodeSafetensors } from "../io/safetensors.js";
import type { LayerClass } from "../layers/make-layer.js";
import { describedLayers } from "../layers/usual-layers.js";
import type { DataSchema } from "../schema/data-schema.js";
import { parseSchema, recordOf } from "../schema/parse-schema.js";
import type { LossDescription, TrainedModel } from "../training/trained-model.js";
import { describedModel, type GraphDescription, isGraphDescription } from "./graph-file.js";
import type { Model } from "./model.js";
import type { ModelOptions } from "./options.js";
import { Sequential } from "./sequential.js";

/** What a model file says of itself in its metadata, under "loam". */
export interface Architecture {
  /** 2 where there is a `graph`, 3 where there is a `schema`, which earlier versions of Loam would not see. */
  readonly version: 1 | 2 | 3;
  readonly name: string;
  readonly inputShape: Shape;
  readonly layers: readonly {
    readonly type: string;
    readonly name: string;
    readonly config: Record<string, unknown>;
  }[];
  /** How the layers are connected, where that is more than one behind the other. */
  readonly graph?: GraphDescription;
  readonly scaling: unknown;
  readonly classNames?: readonly string[];
  readonly schema?: DataSchema;
  readonly loss?: LossDescription;
}

/** What `loadModel` may be told beside what the file holds. */
export interface LoadOptions extends Omit<ModelOptions, "name"> {
  /** The classes of layers of one's own, by their `type`. */
  readonly customLayers?: Readonly<Record<string, LayerClass>>;
}

/**
 * A model as one .safetensors file: the parameters under their names, in their public layouts, and the architecture, input scaling and class
 * names as JSON in the metadata. Other readers of the format see plain float32 tensors.
 */
export async function saveModel(model: Model): Promise<Uint8Array> {
  const weights = await model.getWeights();
  const tensors = new Map(weights.map(({ name, data, shape }) => [name, { data, shape }]));
  return encodeSafetensors({
    tensors,
    metadata: { format: "loam", loam: JSON.stringify(architectureOf(model)) },
  });
}

/** What a model is beside its weights. */
type Described = Pick<
  TrainedModel,
  "name" | "inputShape" | "layers" | "graph" | "scaling" | "classNames" | "schema" | "loss"
>;

/** Everything about a model but its weights, as plain JSON. */
export function architectureOf(model: Described): Architecture {
  const { graph, schema, loss } = model;
  return {
    version: schema ? 3 : graph ? 2 : 1,
    name: model.name,
    inputShape: model.inputShape,
    layers: model.layers.map((layer) => ({ type: layer.type, name: layer.name, config: layer.config() })),
    ...(graph && { graph }),
    scaling: model.scaling,
    ...(model.classNames && { classNames: model.classNames }),
    ...(schema && { schema }),
    ...(loss && { loss }),
  };
}

/**
 * Makes a model of the bytes of a file that `saveModel` wrote, or of a checkpoint, which holds the same and more.
 * @throws {FormatError} when it is no safetensors file, or holds no architecture (`not-a-model`) or a damaged one (`model-invalid`).
 * @throws {ConfigError} `weights-mismatch` when the tensors do not fit the architecture, `type-unknown` for a layer that is not in
 * `customLayers` either.
 */
export async function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Promise<Model> {
  return modelOf(bytes, options, "safetensors");
}

/** `loadModel` for bytes that errors have a name for. */
export async function modelOf(bytes: Uint8Array, options: LoadOptions, file: string): Promise<Model> {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const architecture = parseArchitecture(metadata.loam);
  const { customLayers, ...rest } = options;
  const layers = await describedLayers(architecture.layers, await withOnnx(architecture, customLayers));
  const { name, inputShape, graph } = architecture;
  const model = graph
    ? describedModel(layers, graph, { ...rest, name })
    : new Sequential(layers, { ...rest, name, inputShape });
  model.scaling = parseScaling(architecture.scaling, `model "${architecture.name}"`);
  model.classNames = architecture.classNames;
  if (architecture.schema !== undefined)
    model.schema = parseSchema(architecture.schema, `model "${name}"`, model.inputShape);
  model.loss = architecture.loss;
  const own = new Set(model.network.variables.map(({ name }) => name));
  const weights = [...tensors].map(([name, { data, shape }]) => ({ name, data, shape }));
  await model.setWeights(metadata.checkpoint ? weights.filter(({ name }) => own.has(name)) : weights);
  return model;
}

/** The classes beside the usual ones; that of imported graphs comes with a room of its own, which only a file that has one brings along. */
async function withOnnx(
  { layers }: Architecture,
  custom: LoadOptions["customLayers"],
): Promise<LoadOptions["customLayers"]> {
  if (layers.every(({ type }) => type !== "OnnxGraph") || Object.hasOwn(custom ?? {}, "OnnxGraph"))
    return custom;
  const { OnnxGraph } = await import("../onnx/layer-classes.js");
  return { ...custom, OnnxGraph };
}

function parseArchitecture(text: string | undefined): Architecture {
  if (text === undefined) {
    throw new FormatError(
      "not-a-model",
      "The file holds tensors but no architecture; expected a model saved by Loam, or read its tensors with decodeSafetensors.",
    );
  }
  const invalid = (what: string) =>
    new FormatError(
      "model-invalid",
      `The file's architecture ${what}; it is damaged or from a later version of Loam.`,
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid("is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null) throw invalid("is not an object");
  const { version, name, inputShape, layers, graph, classNames, schema, loss } = recordOf(parsed);
  if (version !== 1 && version !== 2 && version !== 3)
    throw invalid(`has version ${showValue(version)} where 1 to 3 is expected`);
  if (typeof name !== "string") throw invalid("has no name");
  if (!Array.isArray(inputShape) || !inputShape.every((d) => Number.isSafeInteger(d) && d > 0)) {
    throw invalid("has no input shape");
  }
  const isLayer = (layer: unknown): boolean => {
    const { type, name: layerName, config } = (layer ?? {}) as Record<string, unknown>;
    return (
      typeof type === "string" &&
      typeof layerName === "string" &&
      typeof config === "object" &&
      config !== null
    );
  };
  if (!Array.isArray(layers) || layers.length === 0 || !layers.every(isLayer))
    throw invalid("has no list of layers");
  if (version === 2 || graph !== undefined) {
    if (version === 1 || !isGraphDescription(graph, layers.length))
      throw invalid("does not say how its layers are connected");
  }
  if ((version === 3) !== (schema !== undefined)) throw invalid("does not say what its data was");
  if (loss !== undefined && !isLoss(loss)) throw invalid("does not say what its loss was");
  if (
    classNames !== undefined &&
    !(Array.isArray(classNames) && classNames.every((c) => typeof c === "string"))
  ) {
    throw invalid("has class names that are not a list of texts");
  }
  return parsed as Architecture;
}

function isLoss(value: unknown): value is LossDescription {
  const { name, config, onLogits } = recordOf(value);
  const isKnown = onLogits === undefined || onLogits === "softmax" || onLogits === "sigmoid";
  return typeof name === "string" && typeof config === "object" && config !== null && isKnown;
}
