import {
  ConfigError,
  Input,
  type Layer,
  layerFromConfig,
  type Model,
  type ModelOptions,
  model,
  Sequential,
  type Shape,
  type SymbolicTensor,
} from "@loam/nn";
import type { Config } from "./config.js";
import { UsageError } from "./failure.js";
import { didYouMean } from "./names.js";

/** The layers of a configuration, as it says them. */
type OwnLayers = NonNullable<Config["layers"]>;

/** What stands for a sample among the `inputs` of layers. */
const DATA = "input";

/**
 * Layers of one's own. A last `Dense` without `units` has as many as the data asks for.
 * @throws {UsageError} naming the layer that nobody knows or whose options are wrong.
 */
export function ownLayers(layers: OwnLayers, outputs: number): readonly Layer[] {
  return layers.map(({ type, inputs: _inputs, ...config }, i) => {
    const isOpen = i === layers.length - 1 && type === "Dense" && config.units === undefined;
    try {
      return layerFromConfig(type, isOpen ? { ...config, units: outputs } : config);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new UsageError(`layer ${i + 1} of the configuration: ${error.message}`);
    }
  });
}

/**
 * A network of layers of one's own: one behind the other, or, where some say their `inputs`, connected as these say. A layer without `inputs` takes what the
 * one before it gives; the last one's output is the network's.
 * @throws {UsageError} for inputs that no layer before gives, and for a layer that leads nowhere.
 */
export function ownNetwork(
  layers: OwnLayers,
  {
    inputShape,
    outputs,
    ...options
  }: ModelOptions & { readonly inputShape: Shape; readonly outputs: number },
): Model {
  const made = ownLayers(layers, outputs);
  if (layers.every(({ inputs }) => inputs === undefined))
    return new Sequential([...made], { inputShape, ...options });
  const input = new Input({ shape: inputShape, name: DATA });
  const values = new Map<string, SymbolicTensor>([[DATA, input]]);
  const leadsOn = new Set<SymbolicTensor>();
  let last: SymbolicTensor = input;
  const given = layers.map(({ name, inputs }, i) => {
    const where = `layer ${i + 1} of the configuration`;
    const taken =
      inputs === undefined ? [last] : namesOf(inputs, where).map((one) => valueBefore(one, values, where));
    for (const one of taken) leadsOn.add(one);
    last = made[i]!.apply(taken.length === 1 ? taken[0]! : taken);
    if (typeof name === "string") {
      if (values.has(name))
        throw new UsageError(`${where}: ${JSON.stringify(name)} is the name of another already.`);
      values.set(name, last);
    }
    return last;
  });
  const lost = given.findIndex((value, i) => i < given.length - 1 && !leadsOn.has(value));
  if (lost >= 0)
    throw new UsageError(
      `layer ${lost + 1} of the configuration leads to no later one; give it a name, and name it among the inputs of another.`,
    );
  return model({ ...options, inputs: input, outputs: last });
}

function namesOf(inputs: unknown, where: string): readonly string[] {
  const names = [inputs].flat();
  if (names.length > 0 && names.every((name) => typeof name === "string")) return names;
  throw new UsageError(
    `${where}: inputs must be the name of a layer, or several, got ${JSON.stringify(inputs)}.`,
  );
}

function valueBefore(
  name: string,
  values: ReadonlyMap<string, SymbolicTensor>,
  where: string,
): SymbolicTensor {
  const value = values.get(name);
  if (value) return value;
  const names = [...values.keys()];
  throw new UsageError(
    `${where}: no layer before it has the name ${JSON.stringify(name)}${didYouMean(name, names)}; there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}.`,
  );
}
