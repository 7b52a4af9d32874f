import type { MapExtent, MapProgram, MapValue, RowSum } from "./program.js";

/** When a value is computed: ahead of all blocks (0), or in which group of a block, from 1; undefined for one that nobody needs. */
export type Groups = readonly (number | undefined)[];

/** The values that outputs and sums are made of. */
function neededBy({ values, outputs, rowSums = [] }: MapProgram): boolean[] {
  const needed = values.map(() => false);
  for (const { value } of outputs) needed[value] = true;
  for (const sum of rowSums) for (const value of summedBy(sum)) needed[value] = true;
  for (let v = values.length - 1; v >= 0; v--) {
    if (needed[v]) for (const arg of argumentsOf(values[v]!)) needed[arg] = true;
  }
  return needed;
}

/** The places of the values that a sum over rows is made of. */
export function summedBy({ value, times }: RowSum): readonly number[] {
  return times === undefined ? [value] : [value, times];
}

/** The places of the values that a value is made of. */
export function argumentsOf(value: MapValue): readonly number[] {
  if (value.kind === "apply") return value.args;
  if (value.kind !== "reduce") return [];
  return value.times === undefined ? [value.of] : [value.of, value.times];
}

/**
 * The group of every value. What has the same values in every row comes ahead of the blocks. A row in pieces is gone through once more after each
 * sum along it (`pieces`), while of whole rows there is one group.
 */
export function groupsOf(program: MapProgram, extents: readonly MapExtent[], pieces: boolean): Groups {
  const needed = neededBy(program);
  const groups: number[] = [];
  program.values.forEach((value, v) => {
    if (extents[v] === "scalar" || extents[v] === "row") groups.push(0);
    else {
      const ready = argumentsOf(value).map(
        (arg) => groups[arg]! + (pieces && program.values[arg]!.kind === "reduce" ? 1 : 0),
      );
      groups.push(Math.max(1, ...ready));
    }
  });
  return groups.map((group, v) => (needed[v] ? group : undefined));
}
