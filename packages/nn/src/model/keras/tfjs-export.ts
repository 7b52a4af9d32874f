import { ConfigError, ownerLabel } from "../../errors.js";
import { type Shape, sizeOf } from "../../graph/shape.js";
import type { Layer } from "../../layers/layer.js";
import { LSTM } from "../../layers/lstm.js";
import type { Model } from "../model.js";
import { convertLayer, Unsupported, type WeightPlan } from "./keras-layers.js";
import { Fields } from "./read-json.js";
import { INNER, type KerasForm, kerasForms } from "./write-layers.js";

/** A LayersModel's files. */
export interface TfjsExport {
  /** The text of model.json. */
  readonly json: string;
  /** The weights, by the names of the files that lie beside it. */
  readonly shards: ReadonlyMap<string, Uint8Array>;
}

export interface ExportTfjsOptions {
  /** What the names of the shards begin with; default "group1", as TensorFlow.js' own converter has it. */
  readonly shardName?: string;
}

/** What TensorFlow.js' converter makes at most of a shard: browsers keep files of that size. */
const SHARD_BYTES = 4 * 2 ** 20;

/**
 * A model as a LayersModel of TensorFlow.js, which `tf.loadLayersModel` loads: model.json, and shards of at most 4 MiB beside it.
 *
 * ```ts
 * const { json, shards } = await exportTfjs(net);
 * await writeFile("web/model.json", json);
 * for (const [name, bytes] of shards) await writeFile(`web/${name}`, bytes);
 * ```
 *
 * Pictures go in and come out channels last there, [batch, height, width, channels]; inside, a Permute stands before what Loam does over [channels, height,
 * width], such as Flatten, so that the weights are the same numbers. Inputs are scaled already. Optimizer, loss, initializers and regularizers stay here; an LSTM's
 * `forgetBias` goes into its bias. SpatialDropout2d is left out.
 * @throws {ConfigError} `tfjs-layer` with all layers that TensorFlow.js has nothing for, or not with these options.
 */
export async function exportTfjs(
  model: Model,
  { shardName = "group1" }: ExportTfjsOptions = {},
): Promise<TfjsExport> {
  const graph = new GraphOut(model);
  const values = new Map((await model.getWeights()).map(({ name, data }) => [name, data]));
  const weights = graph.owners.flatMap(([layer, name, { weights: plans = [], config }]) =>
    layer.variables.map((variable) => {
      const ours = variable.name.slice(variable.name.lastIndexOf("/") + 1);
      const plan = plans.find((each) => each.ours === ours)!;
      const inner = plan.direction ? [`${plan.direction}_${INNER}`] : [];
      const data = values.get(variable.name)!;
      return {
        name: [name, ...inner, plan.theirs].join("/"),
        ...rearranged(plan, variable.shape, withForgetBias(layer, plan, data), config),
      };
    }),
  );
  const bytes = new Uint8Array(4 * weights.reduce((sum, { data }) => sum + data.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { data } of weights) for (const value of data) view.setFloat32(4 * at++, value, true);
  const count = Math.ceil(bytes.length / SHARD_BYTES);
  const shards = new Map(
    Array.from({ length: count }, (_, i) => {
      const part = bytes.slice(i * SHARD_BYTES, (i + 1) * SHARD_BYTES);
      return [`${shardName}-shard${i + 1}of${count}.bin`, part] as const;
    }),
  );
  const manifest = {
    paths: [...shards.keys()],
    weights: weights.map(({ name, shape }) => ({ name, shape, dtype: "float32" })),
  };
  const json = {
    format: "layers-model",
    generatedBy: "Loam",
    convertedBy: null,
    ...(model.classNames && { userDefinedMetadata: { classNames: model.classNames } }),
    modelTopology: { class_name: "Functional", config: graph.config },
    weightsManifest: [manifest],
  };
  return { json: JSON.stringify(json), shards };
}

interface Owner {
  readonly weights?: readonly WeightPlan[];
  readonly config: KerasForm["config"];
}

type Reference = readonly [layer: string, node: number, tensor: 0];

/** A value: what makes it in Keras, its shape here, and whether it is a picture with its channels last. */
interface Value {
  readonly from: Reference;
  readonly shape: Shape;
  readonly last: boolean;
}

/** A layer of Keras that is being written: its nodes are where it is applied. */
interface Written {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: (readonly (readonly [...Reference, object])[])[];
}

const isPicture = ({ length }: Shape) => length === 3;

/** The layers of a model and how they are connected, as Keras has them. */
class GraphOut {
  readonly config: object;
  /** The layers with weights here, the names of what has them there, and how they lie. */
  readonly owners: (readonly [Layer, string, Owner])[] = [];
  readonly #layers: Written[] = [];
  readonly #named = new Set<string>();
  /** By layer, what it is written as, so that one that is applied again has one set of weights. */
  readonly #made = new Map<Layer, { readonly forms: string; readonly written: readonly Written[] }>();

  constructor(model: Model) {
    const { inputs, calls, outputs } = model.network.graph;
    requireForms(model);
    const values = inputs.map(({ name, shape }): Value => {
      const lies = isPicture(shape) ? [...shape.slice(1), shape[0]!] : shape;
      const config = { batch_input_shape: [null, ...lies], dtype: "float32", sparse: false };
      const input = this.#layer("InputLayer", this.#unique(name), config);
      return { from: [input.name, 0, 0], shape, last: isPicture(shape) };
    });
    for (const { layer, inputs: of, shape } of calls)
      values.push(
        this.#call(
          layer,
          of.map((value) => values[value]!),
          shape,
        ),
      );
    const ends = outputs.map((value) => this.#lying(values[value]!, true).from);
    this.config = {
      name: this.#unique(model.name),
      layers: this.#layers,
      input_layers: values.slice(0, inputs.length).map(({ from }) => from),
      output_layers: ends,
    };
  }

  #call(layer: Layer, given: readonly Value[], to: Shape): Value {
    const from = given[0]!.shape;
    const forms = kerasForms(layer, { from, to, inputs: given.length });
    const written = this.#writtenFor(layer, forms, from);
    let values = given;
    forms.forEach((form, i) => {
      const lies = form.lies ?? readBack(form, from).lies;
      // The reader says how pictures lie here; channels first are those that Keras has last.
      if (lies !== "any") values = values.map((value) => this.#lying(value, lies === "first"));
      else if (values.length > 1) values = values.map((value) => this.#lying(value, values[0]!.last));
      const last = lies === "any" ? values[0]!.last : lies === "first";
      const { name, inbound_nodes: nodes } = written[i]!;
      nodes.push(values.map(({ from: one }) => [...one, {}] as const));
      values = [{ from: [name, nodes.length - 1, 0], shape: to, last: last && isPicture(to) }];
    });
    return values[0]!;
  }

  /** A picture with its channels last, or as it is here. */
  #lying(value: Value, last: boolean): Value {
    if (!isPicture(value.shape) || value.last === last) return value;
    const permute = this.#layer("Permute", this.#unique("permute"), { dims: last ? [2, 3, 1] : [3, 1, 2] });
    permute.inbound_nodes.push([[...value.from, {}]]);
    return { ...value, from: [permute.name, 0, 0], last };
  }

  #writtenFor(layer: Layer, forms: readonly KerasForm[], from: Shape): readonly Written[] {
    const key = JSON.stringify(forms);
    const made = this.#made.get(layer);
    if (made?.forms === key) return made.written;
    if (made) throw unsupported([[layer, "inputs of several sizes, and pads that follow them"]]);
    const written = forms.map((form) => {
      const name = this.#unique(form.own ? layer.name : `${layer.name}_${form.className.toLowerCase()}`);
      if (form.own && layer.variables.length > 0)
        this.owners.push([layer, name, { ...readBack(form, from), config: form.config }]);
      const trainable = layer.trainable ? {} : { trainable: false };
      return this.#layer(form.className, name, { ...trainable, ...form.config });
    });
    this.#made.set(layer, { forms: key, written });
    return written;
  }

  #layer(className: string, name: string, config: object): Written {
    const layer: Written = {
      class_name: className,
      name,
      config: { name, trainable: true, ...config },
      inbound_nodes: [],
    };
    this.#layers.push(layer);
    return layer;
  }

  /** A name that TensorFlow.js takes: letters, digits, ".", "_" and "-". */
  #unique(name: string): string {
    const stem = name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^[._-]+/, "") || "layer";
    let unique = stem;
    for (let count = 2; this.#named.has(unique); count++) unique = `${stem}_${count}`;
    this.#named.add(unique);
    return unique;
  }
}

/** What our reader makes of a layer that is written: how pictures lie, and its weights. */
const readBack = ({ className, config }: KerasForm, { length }: Shape) =>
  convertLayer(className, Fields.of(className, config), length, () => undefined);

/** Looks at all layers before anything is written. @throws {ConfigError} `tfjs-layer` */
function requireForms({ network: { graph, shapes } }: Model): void {
  const wrong = new Map<Layer, string>();
  for (const { layer, inputs, shape } of graph.calls) {
    try {
      kerasForms(layer, { from: shapes[inputs[0]!]!, to: shape, inputs: inputs.length });
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      wrong.set(layer, error.message);
    }
  }
  if (wrong.size > 0) throw unsupported([...wrong]);
}

function unsupported(layers: readonly (readonly [Layer, string])[]): ConfigError {
  const named = layers.map(([layer, why]) => `${ownerLabel(layer)}${why && ` with ${why}`}`);
  return new ConfigError(
    "tfjs-layer",
    `TensorFlow.js has nothing for ${named.join(", ")}; write the model as ONNX.`,
  );
}

/** Where a forget gate begins at something, Keras has it in the bias. */
function withForgetBias(layer: Layer, { theirs }: WeightPlan, data: Float32Array): Float32Array {
  if (!(layer instanceof LSTM) || theirs !== "bias" || layer.forgetBias === 0) return data;
  const { units, forgetBias } = layer;
  return data.map((value, i) => (i >= units && i < 2 * units ? value + forgetBias : value));
}

/** A weight in the order of axes that it has in Keras: what `arranged` of the reader does, the other way. */
function rearranged(
  { axes, joined, flat }: WeightPlan,
  shape: Shape,
  data: Float32Array,
  config: KerasForm["config"],
): { readonly shape: Shape; readonly data: Float32Array } {
  if (flat) return { shape: [...(config.shared_axes as number[]).map(() => 1), ...shape], data };
  if (!axes) return { shape, data };
  const multiplier = config.depth_multiplier as number;
  const sides = joined ? [shape[0]! / multiplier, multiplier, ...shape.slice(2)] : shape;
  const theirs = sides.map((_, axis) => sides[axes.indexOf(axis)]!);
  const apart = axes.map((axis) => sizeOf(theirs.slice(axis + 1)));
  const out = new Float32Array(data.length);
  data.forEach((value, i) => {
    let [rest, at] = [i, 0];
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      at += (rest % sides[axis]!) * apart[axis]!;
      rest = Math.floor(rest / sides[axis]!);
    }
    out[at] = value;
  });
  return { shape: theirs, data: out };
}
