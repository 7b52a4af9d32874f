import { formatShape, type Shape, sizeOf } from "../graph/shape.js";
import type { Layer } from "../layers/layer.js";
import type { Variable } from "../layers/variable.js";
import { LINE } from "../signs.js";
import type { Network } from "./network.js";
import { isChain } from "./trace.js";

/** How many numbers there are. */
interface Counts {
  /** Learnt by gradients. */
  readonly parameters: number;
  /** Kept by layers in another way, such as running means; left out where there are none. */
  readonly state?: number;
}

/** A layer, as `summary` tells of it. */
export interface LayerSummary extends Counts {
  readonly name: string;
  readonly type: string;
  /** Without the batch dimension. */
  readonly outputShape: Shape;
  /** What it is applied to, by their names; left out where that is the layer before it. */
  readonly inputs?: readonly string[];
}

/** What `summary` tells: layers, shapes, and how many numbers are learnt. */
export interface ModelSummary extends Counts {
  readonly name: string;
  readonly inputShape: Shape;
  /** All inputs, of a model that is no chain of layers. */
  readonly inputs?: readonly { readonly name: string; readonly shape: Shape }[];
  readonly layers: readonly LayerSummary[];
}

/** A network's layers in the order in which they are applied; one that is applied again has its numbers where it is first. */
export function summaryOf(name: string, network: Network): ModelSummary {
  const { graph, variables, inputShape } = network;
  const chain = isChain(graph);
  const names = [...graph.inputs, ...graph.calls.map(({ layer }) => layer)].map((value) => value.name);
  const seen = new Set<Layer>();
  const layers = graph.calls.map(({ layer, inputs, shape }) => {
    const isFirst = !seen.has(layer);
    seen.add(layer);
    return {
      ...{ name: layer.name, type: layer.type, outputShape: shape },
      ...(!chain && { inputs: inputs.map((value) => names[value]!) }),
      ...countsOf(isFirst ? layer.variables : []),
    };
  });
  return {
    ...{ name, inputShape },
    ...(!chain && { inputs: graph.inputs }),
    layers,
    ...countsOf(variables),
  };
}

/** How many numbers variables hold, by their roles. */
export function countsOf(variables: readonly Pick<Variable, "role" | "shape">[]): Counts {
  const count = (role: Variable["role"]) =>
    variables.reduce((total, { shape, ...one }) => total + (one.role === role ? sizeOf(shape) : 0), 0);
  const state = count("state");
  return { parameters: count("trained"), ...(state > 0 && { state }) };
}

/** A model's layers as a table for people. */
export function formatSummary(summary: ModelSummary): string {
  const { name, inputShape, layers, parameters, state } = summary;
  const { inputs = [{ name: "input", shape: inputShape }] } = summary;
  const connected = layers.some((layer) => layer.inputs);
  // Columns of numbers stand to the right, and those that say nothing of this model are left out.
  const row = (...[first, type, shape, count, kept, from]: readonly string[]) => [
    ...[first!, type!, shape!, count!],
    ...(state ? [kept!] : []),
    ...(connected ? [from!] : []),
  ];
  const rows = [
    row("Layer", "Type", "Output shape", "Parameters", "State", "Inputs"),
    ...inputs.map((one) => row(one.name, "", formatShape(["batch", ...one.shape]), "", "", "")),
    ...layers.map((layer) =>
      row(
        ...[layer.name, layer.type, formatShape(["batch", ...layer.outputShape])],
        ...[layer.parameters, layer.state ?? 0].map((count) => count.toLocaleString("en-US")),
        layer.inputs?.join(", ") ?? "",
      ),
    ),
  ];
  const numeric = state ? [3, 4] : [3];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        numeric.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
  const rule = LINE.repeat(widths.reduce((total, width) => total + width + 2, -2));
  return [
    name,
    rule,
    lines[0],
    rule,
    ...lines.slice(1),
    rule,
    `${parameters.toLocaleString("en-US")} parameters${state ? ` and ${state.toLocaleString("en-US")} numbers of state` : ""}`,
  ].join("\n");
}
