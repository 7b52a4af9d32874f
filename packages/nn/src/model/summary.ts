import { formatShape, type Shape, sizeOf } from "../graph/shape.js";
import type { Variable } from "../layers/variable.js";

/** How many numbers there are. */
interface Counts {
  /** Learnt by gradients. */
  readonly parameters: number;
  /** Kept by layers in another way, such as running means; left out where there are none. */
  readonly state?: number;
}

export interface LayerSummary extends Counts {
  readonly name: string;
  readonly type: string;
  /** Without the batch dimension. */
  readonly outputShape: Shape;
}

export interface ModelSummary extends Counts {
  readonly name: string;
  readonly inputShape: Shape;
  readonly layers: readonly LayerSummary[];
}

/** How many numbers variables hold, by their roles. */
export function countsOf(variables: readonly Pick<Variable, "role" | "shape">[]): Counts {
  const count = (role: Variable["role"]) =>
    variables.reduce((total, { shape, ...one }) => total + (one.role === role ? sizeOf(shape) : 0), 0);
  const state = count("state");
  return { parameters: count("trained"), ...(state > 0 && { state }) };
}

/** A model's layers as a table for people. */
export function formatSummary({ name, inputShape, layers, parameters, state }: ModelSummary): string {
  const rows = [
    ["Layer", "Type", "Output shape", "Parameters", ...(state ? ["State"] : [])],
    ["input", "", formatShape(["batch", ...inputShape]), "", ...(state ? [""] : [])],
    ...layers.map((layer) => [
      layer.name,
      layer.type,
      formatShape(["batch", ...layer.outputShape]),
      layer.parameters.toLocaleString("en-US"),
      ...(state ? [(layer.state ?? 0).toLocaleString("en-US")] : []),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column >= 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(widths.reduce((total, width) => total + width + 2, -2));
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
