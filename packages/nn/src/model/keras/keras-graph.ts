import { damaged, Fields } from "./read-json.js";

/** A layer as Keras describes it. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Fields;
  /** The models around it, outermost first. */
  readonly inside: readonly string[];
  /** The way to it as Keras 3 has it in files of weights: by classes, each counted on among its neighbours, since names vary. */
  readonly counted: readonly string[];
}

/** A layer applied to values, which are counted: the inputs, then what each call makes. */
export interface KerasCall {
  readonly layer: KerasLayer;
  readonly inputs: readonly number[];
}

/** How layers are connected: models in models are taken apart. */
export interface KerasGraph {
  /** Of a sample, null where a size is open. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
  readonly calls: readonly KerasCall[];
  readonly outputs: readonly number[];
}

/** Models in models, and nothing deeper. */
const DEEPEST = 32;
/** Layers of all models together. */
const MOST_CALLS = 10_000;

/** The graph of what Keras calls a model's config: `{ class_name, config }`. @throws {FormatError} `keras-config` */
export function kerasGraph(topology: unknown): KerasGraph {
  const inputs: { name: string; shape: readonly (number | null)[] }[] = [];
  const calls: KerasCall[] = [];
  /** Inputs are counted from −1 down until their number is known. */
  const input = (name: string, config: Fields) => {
    const shape = shapeOf(name, config);
    return -inputs.push({ name, shape });
  };
  const call = (layer: KerasLayer, of: readonly number[]) => {
    if (calls.length >= MOST_CALLS) throw damaged(layer.name, `at most ${MOST_CALLS} layers`, "more");
    return calls.push({ layer, inputs: of }) - 1;
  };

  /** The values that come out of a model; what goes in where it is a layer of another. */
  const expand = (
    model: Fields,
    inside: readonly string[],
    around: readonly string[],
    given?: readonly number[],
  ): readonly number[] => {
    if (inside.length > DEEPEST) throw damaged("keras", `models in models ${DEEPEST} deep`, "deeper ones");
    const config = model.value("config");
    // The first versions had a list of layers in place of a config.
    const own = Array.isArray(config)
      ? Fields.of("Sequential", { layers: config })
      : Fields.of("keras", config);
    const layers = own.list("layers").map((one) => Fields.of("keras: layers", one));
    const counted = countedNames(layers.map((layer) => layer.string("class_name"))).map((name) => [
      ...around,
      name,
    ]);
    return isChain(model)
      ? expandChain(layers, inside, counted, given)
      : expandGraph(own, layers, inside, counted, given);
  };

  const expandChain = (
    layers: readonly Fields[],
    inside: readonly string[],
    counted: readonly (readonly string[])[],
    given?: readonly number[],
  ) => {
    let value = given;
    for (const [i, layer] of layers.entries()) {
      const { className, name, config, part } = described(layer, inside);
      if (className === "InputLayer") {
        value ??= [input(name, config)];
        continue;
      }
      if (part) {
        value = expand(part, [...inside, name], counted[i]!, value);
        continue;
      }
      // A Sequential may say its input at its first layer.
      value ??= [input(`${name}_input`, config)];
      value = [call({ className, name, config, inside, counted: counted[i]! }, value)];
    }
    if (!value) throw damaged("Sequential", "a layer", undefined);
    return value;
  };

  const expandGraph = (
    own: Fields,
    layers: readonly Fields[],
    inside: readonly string[],
    counted: readonly (readonly string[])[],
    given?: readonly number[],
  ) => {
    /** By layer and node, what comes out. */
    const made = new Map<string, readonly number[]>();
    const order = references(own.value("input_layers"), "input_layers").map(([name]) => name);
    const open = new Map<
      string,
      { readonly layer: Fields; readonly nodes: readonly (readonly Reference[])[] }
    >();
    const configs = new Map(
      layers.map((layer) => {
        const { className, name, config } = described(layer, inside);
        return [name, className === "InputLayer" ? config : undefined];
      }),
    );
    // In the order in which the model takes them, which need not be that of its layers.
    order.forEach((name, place) => {
      const config = configs.get(name);
      const value = given ? given[place] : config && input(name, config);
      if (value === undefined || !config) throw damaged(name, "an InputLayer, and a value for it", undefined);
      made.set(`${name}/0`, [value]);
    });
    for (const layer of layers) {
      const { className, name } = described(layer, inside);
      if (className === "InputLayer") continue;
      const nodes = layer.list("inbound_nodes").map((node) => nodeReferences(name, node));
      open.set(name, { layer, nodes });
    }
    // Layers are listed in an order in which they can be made, but for those that are applied several times.
    const done = new Map<string, number>();
    const one = new Map<string, KerasLayer>();
    for (let moved = true; moved; ) {
      moved = false;
      for (const [name, { layer, nodes }] of open) {
        const at = done.get(name) ?? 0;
        if (at === nodes.length) {
          open.delete(name);
          continue;
        }
        if (nodes[at]!.length === 0) throw damaged(name, "inputs that other layers make", undefined);
        const of = nodes[at]!.map(([from, node, tensor]) => made.get(`${from}/${node}`)?.[tensor]);
        if (of.some((value) => value === undefined)) continue;
        const { className, config, part } = described(layer, inside);
        if (part && at > 0) throw damaged(name, "a model that is applied once", nodes.length);
        const known = of as number[];
        const own = one.get(name) ?? {
          className,
          name,
          config,
          inside,
          counted: counted[layers.indexOf(layer)]!,
        };
        one.set(name, own);
        made.set(
          `${name}/${at}`,
          part ? expand(part, [...inside, name], own.counted, known) : [call(own, known)],
        );
        done.set(name, at + 1);
        moved = true;
      }
    }
    const [missing] = open.keys();
    if (missing !== undefined) throw damaged(missing, "inputs that other layers make", undefined);
    return references(own.value("output_layers"), "output_layers").map(([name, node, tensor]) => {
      const value = made.get(`${name}/${node}`)?.[tensor];
      if (value === undefined) throw damaged("output_layers", "a layer of the model", name);
      return value;
    });
  };
  const outputs = expand(Fields.of("keras", topology), [], []);
  const numbered = (value: number) => (value < 0 ? -1 - value : inputs.length + value);
  return {
    inputs,
    calls: calls.map(({ layer, inputs: of }) => ({ layer, inputs: of.map(numbered) })),
    outputs: outputs.map(numbered),
  };
}

/** Conv2D, Dense, Dense: conv2d, dense, dense_1. */
function countedNames(classNames: readonly string[]): string[] {
  const used = new Map<string, number>();
  return classNames.map((className) => {
    const name = className
      .replace(/\W+/g, "")
      .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .toLowerCase();
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}

const MODELS = new Set(["Sequential", "Functional", "Model"]);
const isChain = (model: Fields) => model.string("class_name") === "Sequential";

function described(layer: Fields, inside: readonly string[]) {
  const className = layer.string("class_name");
  const isModel = MODELS.has(className);
  const raw = layer.value("config");
  // The first versions' Sequential has no name of its own.
  const config = isModel && Array.isArray(raw) ? Fields.of(className, {}) : layer.object("config");
  const name = layer.string("name", config.string("name", `${className}${inside.length}`));
  return { className, name, config, part: isModel ? layer : undefined };
}

type Reference = readonly [layer: string, node: number, tensor: number];

/** Where a layer's inputs come from: [[name, node, tensor, …]…], or in Keras 3 `{ args }` with tensors that know their history. */
function nodeReferences(owner: string, node: unknown): readonly Reference[] {
  if (Array.isArray(node)) return references(node, owner);
  const found: Reference[] = [];
  const search = (value: unknown, depth: number): void => {
    if (depth > 4) throw damaged(owner, "inputs as Keras writes them", value);
    if (Array.isArray(value)) {
      for (const one of value) search(one, depth + 1);
      return;
    }
    const tensor = Fields.of(owner, value);
    if (tensor.value("class_name") !== "__keras_tensor__") throw damaged(owner, "tensors as inputs", value);
    found.push(...references([tensor.object("config").value("keras_history")], owner));
  };
  const fields = Fields.of(owner, node);
  search(fields.list("args"), 0);
  return found;
}

/** One [name, node, tensor], or a list of them. */
function references(value: unknown, owner: string): readonly Reference[] {
  const list = Array.isArray(value) && typeof value[0] === "string" ? [value] : value;
  if (!Array.isArray(list)) throw damaged(owner, "layers with node and tensor", value);
  return list.map((one: unknown) => {
    const [name, node, tensor] = Array.isArray(one) ? one : [];
    if (typeof name === "string" && Number.isSafeInteger(node) && Number.isSafeInteger(tensor))
      return [name, node as number, tensor as number] as const;
    throw damaged(owner, "a layer with node and tensor", one);
  });
}

/** A sample's shape from what an input says, the batch taken off. */
function shapeOf(name: string, config: Fields): readonly (number | null)[] {
  const whole = config.value("batch_input_shape", "batch_shape");
  const isShape = (list: unknown): list is (number | null)[] =>
    Array.isArray(list) &&
    list.length <= 8 &&
    list.every((side) => side === null || (Number.isSafeInteger(side) && (side as number) > 0));
  if (isShape(whole) && whole.length > 0) return whole.slice(1);
  throw damaged(name, "a shape of its input", whole);
}
