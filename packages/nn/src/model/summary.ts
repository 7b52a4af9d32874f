import { formatShape, type Shape } from "../graph/shape.js";

export interface LayerSummary {
  readonly name: string;
  readonly type: string;
  /** Without the batch dimension. */
  readonly outputShape: Shape;
  readonly parameters: number;
}

export interface ModelSummary {
  readonly name: string;
  readonly inputShape: Shape;
  readonly layers: readonly LayerSummary[];
  /** Trainable numbers in all. */
  readonly parameters: number;
}

/** A model's layers as a table for people. */
export function formatSummary({ name, inputShape, layers, parameters }: ModelSummary): string {
  const rows = [
    ["Layer", "Type", "Output shape", "Parameters"],
    ["input", "", formatShape(["batch", ...inputShape]), ""],
    ...layers.map((layer) => [
      layer.name,
      layer.type,
      formatShape(["batch", ...layer.outputShape]),
      layer.parameters.toLocaleString("en-US"),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
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
    `${parameters.toLocaleString("en-US")} parameters`,
  ].join("\n");
}
