import type { MapExtent, MapProgram, MapValue } from "./program.js";

/** Every value's extent. */
export function extentsOf(values: readonly MapValue[]): MapExtent[] {
  const extents: MapExtent[] = [];
  for (const value of values) {
    if (value.kind === "input") extents.push(value.extent);
    else if (value.kind === "constant") extents.push("scalar");
    else if (value.kind === "columnIndex") extents.push("row");
    else if (value.kind === "reduce") extents.push("column");
    else extents.push(value.args.map((arg) => extents[arg]!).reduce(join, "scalar"));
  }
  return extents;
}

function join(a: MapExtent, b: MapExtent): MapExtent {
  if (a === b || b === "scalar") return a;
  return a === "scalar" ? b : "full";
}

/**
 * The same program over a view that suits the kernel better: one without anything along its rows becomes one long row, of which every piece may
 * go to another thread, and a view of one column is one row too.
 */
export function normalize(program: MapProgram): MapProgram {
  const { rows, cols, values, outputs, rowSums = [] } = program;
  const reduces = values.some(({ kind }) => kind === "reduce");
  if (reduces || rowSums.length > 0) return program;
  if (cols === 1 && rows > 1) {
    return {
      rows: 1,
      cols: rows,
      values: values.map(alone),
      outputs: outputs.map(({ value }) => ({ value, extent: "full" })),
    };
  }
  const extents = extentsOf(values);
  const isFlat =
    extents.every((extent) => extent === "full" || extent === "scalar") &&
    outputs.every(({ extent }) => extent === "full");
  return isFlat ? { rows: 1, cols: rows * cols, values, outputs } : program;
}

/** A value in a view of one column, which lies as a row. */
function alone(value: MapValue): MapValue {
  if (value.kind === "columnIndex") return { kind: "constant", value: 0 };
  if (value.kind === "input") {
    const isOne = value.extent === "row" || value.extent === "scalar";
    return { ...value, extent: isOne ? "scalar" : "full" };
  }
  return value;
}
