import { ConfigError, showValue } from "../errors.js";
import { formatShape, type Shape } from "../graph/shape.js";
import type { Layer } from "../layers/layer.js";
import { Input, SymbolicTensor } from "../layers/symbolic.js";
import { type Part, partsOf } from "./parts.js";

/** A layer applied to values, which are counted: the inputs of the graph, then what each call makes. */
export interface Call {
  readonly layer: Layer;
  readonly inputs: readonly number[];
  /** Of one sample of its output. */
  readonly shape: Shape;
}

/** How layers are connected. */
export interface Graph {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** In the order in which the layers were applied. */
  readonly calls: readonly Call[];
  /** Which values come out. */
  readonly outputs: readonly number[];
  /** The models among the layers, whose own layers are called here. */
  readonly parts: readonly Part[];
}

/**
 * What lies between inputs and outputs.
 * @throws {ConfigError} `not-symbolic` for what no `apply` gave, `graph-inputs` when the outputs need other inputs than these,
 * `no-layers` where nothing lies between.
 */
export function trace(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): Graph {
  for (const [name, list] of Object.entries({ inputs, outputs })) {
    const wrong = list.find((x) => !(name === "inputs" ? x instanceof Input : x instanceof SymbolicTensor));
    if (list.length > 0 && wrong === undefined) continue;
    const expected = name === "inputs" ? "an Input" : "what a layer's apply gave";
    throw new ConfigError(
      "not-symbolic",
      `model: ${name} must be ${expected}, or a list of such, got ${list.length === 0 ? "none" : showValue(wrong)}.`,
    );
  }
  const needed = [...behind(outputs)].filter(({ layer }) => !layer);
  if (
    new Set(inputs).size !== inputs.length ||
    needed.length !== inputs.length ||
    needed.some((x) => !inputs.includes(x))
  ) {
    const shown = (list: readonly SymbolicTensor[]) =>
      list.map(({ shape }) => formatShape(shape)).join(" and ") || "none";
    throw new ConfigError(
      "graph-inputs",
      `model: expected inputs to be what the outputs are made of, Inputs of shapes ${shown(needed)}, each once, got ${shown(inputs)}; list these and no others.`,
    );
  }
  if (outputs.every((output) => !output.layer))
    throw new ConfigError(
      "no-layers",
      "model: expected at least one layer between inputs and outputs, got none.",
    );
  return graphOf(inputs, outputs);
}

/** What values are made of, and they themselves. */
function behind(values: readonly SymbolicTensor[]): ReadonlySet<SymbolicTensor> {
  const reached = new Set<SymbolicTensor>();
  const open = [...values];
  for (let tensor = open.pop(); tensor; tensor = open.pop()) {
    if (reached.has(tensor)) continue;
    reached.add(tensor);
    open.push(...tensor.inputs);
  }
  return reached;
}

/** `trace` of what is known to fit. */
export function graphOf(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): Graph {
  const made = [...behind(outputs)].filter(({ layer }) => layer).sort((a, b) => a.order - b.order);
  const numbers = new Map([...inputs, ...made].map((tensor, number) => [tensor, number]));
  const numbersOf = (tensors: readonly SymbolicTensor[]) => tensors.map((one) => numbers.get(one)!);
  return {
    inputs: inputs.map((input, i) => ({
      name: (input as Input).name || (inputs.length === 1 ? "input" : `input${i + 1}`),
      shape: input.shape,
    })),
    calls: made.map(({ layer, inputs: of, shape }) => ({
      layer: layer as Layer,
      inputs: numbersOf(of),
      shape,
    })),
    outputs: numbersOf(outputs),
    parts: partsOf(made),
  };
}

/** The layers of a graph, in the order of their first calls. */
export function layersOf({ calls }: Pick<Graph, "calls">): readonly Layer[] {
  return [...new Set(calls.map(({ layer }) => layer))];
}

/** Whether each layer is applied once, to what the one before it made. */
export function isChain({ inputs, calls, outputs }: Pick<Graph, "inputs" | "calls" | "outputs">): boolean {
  return (
    inputs.length === 1 &&
    String(outputs) === String([calls.length]) &&
    calls.every((call, i) => String(call.inputs) === String([i])) &&
    new Set(calls.map(({ layer }) => layer)).size === calls.length
  );
}
