import { DataError } from "../../errors.js";
import type { PixelsInput, TableInput } from "../../schema/data-schema.js";
import { nearestColumn } from "./find-columns.js";
import { findColumn, listNames, type Table, type TextColumn } from "./table.js";

/** A table's columns as a model knows them. */
export interface MatchedColumns {
  /** In the order in which the model was trained on them. */
  readonly inputs: readonly TextColumn[];
  /** The targets' columns; empty where the table has none of them. */
  readonly targets: readonly TextColumn[];
  /** The names of those that the table does not have. */
  readonly missing: readonly string[];
  /** Columns that name rows. */
  readonly identifiers: readonly TextColumn[];
  /** Columns that the model has never heard of. */
  readonly unknown: readonly string[];
}

/**
 * Finds a model's columns in a table by name, in whatever order they are, with or without the target. A table without a header fits a model
 * that was trained on such a one: with as many columns, or with those of the target left out.
 * @throws {DataError} `columns-missing`, naming those that are not there, `header-missing`, `header-surplus`.
 */
export function matchColumns(
  table: Table,
  input: TableInput | PixelsInput,
  targets: readonly string[],
): MatchedColumns {
  const names = input.columns.map((column) => (typeof column === "string" ? column : column.name));
  const columns =
    input.unnamed === undefined ? named(table, names) : unnamed(table, input.unnamed, names, targets);
  const missing = names.filter((name) => !columns.has(name));
  if (missing.length > 0) {
    const meant = columnsMeant(
      missing,
      [...columns.keys()].filter((name) => !names.includes(name)),
    );
    throw new DataError(
      "columns-missing",
      `${table.name}: has no column ${listNames(missing)}, which the network was trained on${meant}; it has ${listNames([...columns.keys()])}.`,
      { file: table.name },
    );
  }
  const targetColumns = targets.flatMap((name) => columns.get(name) ?? []);
  const known = new Set([...names, ...targets, ...input.leftOut]);
  return {
    inputs: names.map((name) => columns.get(name)!),
    targets: targetColumns.length === targets.length ? targetColumns : [],
    missing: targets.filter((name) => !columns.has(name)),
    identifiers: input.identifiers.flatMap((name) => columns.get(name) ?? []),
    unknown: [...columns.keys()].filter((name) => !known.has(name)),
  };
}

function named(table: Table, names: readonly string[]): Map<string, TextColumn> {
  if (table.header) return new Map(table.columns.map((column) => [column.name, column]));
  throw new DataError(
    "header-missing",
    `${table.name}: has no header; the network knows its columns by name, so put a first row of names there: ${listNames(names)}.`,
    { file: table.name },
  );
}

function unnamed(
  table: Table,
  width: number,
  names: readonly string[],
  targets: readonly string[],
): Map<string, TextColumn> {
  if (table.header && !names.every((name) => findColumn(table, name))) {
    throw new DataError(
      "header-surplus",
      `${table.name}: has a header, but the network was trained on a table of ${width} columns without one; take the header out, or train on a table that has one.`,
      { file: table.name },
    );
  }
  if (table.header) return new Map(table.columns.map((column) => [column.name, column]));
  const all = Array.from({ length: width }, (_, i) => String(i));
  const without = all.filter((name) => !targets.includes(name));
  const places = table.columns.length === width ? all : without;
  if (places.length !== table.columns.length) {
    throw new DataError(
      "columns-missing",
      `${table.name}: has ${table.columns.length} columns and no header; the network was trained on ${width} columns without one, of which ${targets.length} may be left out, the target.`,
      { file: table.name },
    );
  }
  return new Map(places.map((name, i) => [name, renamed(table.columns[i]!, name)]));
}

/** The column under another name; its cells are asked for when they are needed, as a table on the disk reads them then. */
function renamed(column: TextColumn, name: string): TextColumn {
  return {
    name,
    get cells() {
      return column.cells;
    },
  };
}

/** ` (is it "Sepal Length"?)`, where names that nothing was trained on are like those that are missing. */
export function columnsMeant(missing: readonly string[], others: readonly string[]): string {
  const folded = (name: string) => name.toLowerCase().replace(/[\s_-]/g, "");
  const byFolded = new Map(others.map((name) => [folded(name), name]));
  const near = missing.flatMap((name) => byFolded.get(folded(name)) ?? nearestColumn(name, others) ?? []);
  return near.length > 0 ? ` (is it ${listNames([...new Set(near)])}?)` : "";
}
