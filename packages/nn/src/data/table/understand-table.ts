import { ConfigError, DataError, requireOneOf } from "../../errors.js";
import {
  type ColumnFinding,
  distinctWords,
  type FindColumnsOptions,
  findColumns,
  requireColumns,
} from "./find-columns.js";
import {
  type FoundTask,
  findTask,
  hasLabelAndPixels,
  PIXELS,
  type TaskKind,
  usualTarget,
} from "./find-task.js";
import { readNumber } from "./number-format.js";
import { type RowWeights, rowWeights } from "./row-weights.js";
import { isEmpty, type Table } from "./table.js";

export interface UnderstandOptions extends FindColumnsOptions {
  /** The column, or columns, to be predicted; default: one called label, target, class or y, or the first of 785. */
  readonly target?: string | readonly string[];
  /** A column that says how much each row counts, in numbers of at least 0; the network does not see it. */
  readonly weight?: string;
  /** Whether targets are classes, numbers or labels of which any may hold, where what is found is not what is meant. */
  readonly task?: TaskKind;
}

/** What a table's columns are, and what is to be predicted of its rows. */
export interface UnderstoodTable {
  readonly table: Table;
  readonly task: FoundTask;
  /** How much each row counts, where a column says so. */
  readonly weights?: RowWeights;
  /** Every column but the targets and the weights. */
  readonly findings: readonly ColumnFinding[];
  /** Whether each row is a picture of 28x28 pixels. */
  readonly pixels: boolean;
}

/**
 * Finds out what a table is about.
 * @throws {ConfigError} `target-missing` where nothing says what is to be predicted, `column-unknown`, `task-unknown`; {DataError} as
 * `findColumns` and `findTask`, `weights-invalid`, and `no-inputs` where no column is left to learn from.
 */
export function understandTable(table: Table, options: UnderstandOptions = {}): UnderstoodTable {
  const { task, weight, types = {} } = options;
  const drop = (options.drop ?? []).filter((name) => name !== weight);
  if (task !== undefined)
    requireOneOf(table.name, "task", task, ["classification", "regression", "multilabel"]);
  const targets = targetsOf(table, options.target);
  requireColumns(table, [
    ...targets,
    ...(weight === undefined ? [] : [weight]),
    ...drop,
    ...Object.keys(types),
  ]);
  const isTarget = (name: string) => targets.includes(name);
  const isApart = (name: string) => isTarget(name) || name === weight;
  const { columns } = table;
  const targetTable = { ...table, columns: targets.map((name) => columns.find((one) => one.name === name)!) };
  const inputTable = { ...table, columns: columns.filter(({ name }) => !isApart(name)) };
  const found = findTask(
    table,
    findColumns(targetTable, { types: only(types, isTarget) }).map(asTarget),
    task,
  );
  const findings = findColumns(inputTable, { drop, types: only(types, (name) => !isApart(name)) });
  const inputs = findings.filter(({ kind }) => kind !== "identifier" && kind !== "left out");
  if (inputs.length === 0) {
    throw new DataError(
      "no-inputs",
      `${table.name}: has no column to learn ${targets.map((name) => JSON.stringify(name)).join(" and ")} from: all others are empty, always the same, or tell only rows apart.`,
      { file: table.name },
    );
  }
  const weights = weight === undefined ? undefined : rowWeights(table, weight, found.rows);
  const pixels = found.kind !== "regression" && arePixels(findings);
  return { table, task: found, ...(weights && { weights }), findings, pixels };
}

function only<T>(
  entries: Readonly<Record<string, T>>,
  isWanted: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => isWanted(name)));
}

/** What a target has in its cells is to be told, also where it would not do to learn from. */
function asTarget(finding: ColumnFinding): ColumnFinding {
  if (finding.kind !== "identifier" && finding.kind !== "left out") return finding;
  const { column, empty } = finding;
  const filled = column.cells.filter((cell) => !isEmpty(cell));
  const format = { decimal: ".", group: "" } as const;
  const areNumbers = filled.every((cell) => Number.isFinite(readNumber(cell, format)));
  const distinct = distinctWords(filled);
  if (!areNumbers) return { column, empty, kind: "word", distinct };
  const whole = filled.every((cell) => /^[+-]?\d+$/.test(cell));
  return { column, empty, kind: "number", format, whole, distinct };
}

function targetsOf(table: Table, given: UnderstandOptions["target"]): readonly string[] {
  if (given !== undefined) {
    const targets = typeof given === "string" ? [given] : given;
    if (targets.length > 0) return targets;
  }
  const usual = usualTarget(table);
  if (usual !== undefined) return [usual];
  if (hasLabelAndPixels(table)) return [table.columns[0]!.name];
  throw new ConfigError(
    "target-missing",
    `${table.name}: expected to be told which column is to be predicted, its target; none is called label, target, class or y.`,
  );
}

/** 784 columns of whole numbers from 0 to 255, none left out but for being always the same, as a picture's margin is. */
function arePixels(findings: readonly ColumnFinding[]): boolean {
  const pixels = findings.filter(({ kind }) => kind !== "identifier");
  return (
    pixels.length === PIXELS &&
    pixels.every(({ kind, column, empty }) => {
      if (empty > 0 || (kind !== "number" && kind !== "left out")) return false;
      return column.cells.every((cell) => cell.length <= 3 && /^\d+$/.test(cell) && Number(cell) < 256);
    })
  );
}
