import type { Layer } from "../layers/layer.js";
import { Input, type SymbolicTensor } from "../layers/symbolic.js";
import type { GraphDescription } from "../training/trained-model.js";
import { model } from "./functional.js";
import type { Model } from "./model.js";
import type { ModelOptions } from "./options.js";

export type { GraphDescription } from "../training/trained-model.js";

/** Makes the model again whose `graph` this was. */
export function describedModel(
  layers: readonly Layer[],
  { inputs, calls, outputs }: GraphDescription,
  options: ModelOptions,
): Model {
  const ins = inputs.map(({ name, shape }) => new Input({ name, shape }));
  const values: SymbolicTensor[] = [...ins];
  const valuesOf = (numbers: readonly number[]) => numbers.map((number) => values[number]!);
  for (const call of calls) values.push(layers[call.layer]!.apply(valuesOf(call.inputs)));
  return model({ ...options, inputs: ins, outputs: valuesOf(outputs) });
}

/** Whether what a file holds describes a graph of so many layers, in which every value is made before it is used. */
export function isGraphDescription(value: unknown, layers: number): value is GraphDescription {
  const { inputs, calls, outputs } = (value ?? {}) as { readonly [key in keyof GraphDescription]?: unknown };
  const isBelow = (limit: number) => (number: unknown) =>
    Number.isSafeInteger(number) && (number as number) >= 0 && (number as number) < limit;
  const areBelow = (limit: number, list: unknown) =>
    Array.isArray(list) && list.length > 0 && list.every(isBelow(limit));
  if (!Array.isArray(inputs) || !Array.isArray(calls) || inputs.length === 0 || calls.length === 0)
    return false;
  const isInput = (input: unknown) => {
    const { name, shape } = (input ?? {}) as { readonly name?: unknown; readonly shape?: unknown };
    return (
      typeof name === "string" && Array.isArray(shape) && shape.every((d) => Number.isSafeInteger(d) && d > 0)
    );
  };
  const isCall = (call: unknown, i: number) => {
    const { layer, inputs: of } = (call ?? {}) as { readonly layer?: unknown; readonly inputs?: unknown };
    return isBelow(layers)(layer) && areBelow(inputs.length + i, of);
  };
  return inputs.every(isInput) && calls.every(isCall) && areBelow(inputs.length + calls.length, outputs);
}
