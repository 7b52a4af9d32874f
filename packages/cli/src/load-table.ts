import { readFile } from "node:fs/promises";
import { ConfigError, type Dataset, LoamError } from "@loam/nn";
import {
  describeTable,
  drawSamples,
  fitTable,
  holdOut,
  isEmpty,
  type KnowsTables,
  knownColumns,
  type LabelledTable,
  labelledTable,
  outputsOf,
  readTable,
  type Table,
  type UnderstoodTable,
  understandTable,
} from "@loam/nn/data/table";
import { isTextName, type TableSource } from "./data-source.js";
import { CommandError, UsageError } from "./failure.js";
import { partFold } from "./folds.js";
import { readLargeTable } from "./large-table.js";
import { membersOf } from "./members.js";
import { naming } from "./naming.js";
import type { Settings } from "./settings.js";

/** What is trained on, and what was held out; the latter is undefined where that would be no row. */
export interface Divided {
  readonly training: Dataset;
  readonly validation: Dataset | undefined;
}

/** A table, divided and encoded. */
export interface LoadedTable extends Divided {
  /** The rows of `fold`, where there is one. */
  readonly test?: Dataset;
  /** The same with other rows held out, one for each network of a committee but the first. */
  readonly others: readonly Divided[];
  /** How many outputs a network needs. */
  readonly outputs: number;
  /** What was understood, in lines. */
  readonly lines: readonly string[];
}

export type TableSettings = Pick<
  Settings,
  | "target"
  | "weight"
  | "drop"
  | "types"
  | "task"
  | "scaling"
  | "validationSplit"
  | "limit"
  | "seed"
  | "members"
  | "steps"
  | "patience"
  | "folds"
  | "fold"
>;

/** The table of a file or of stdin. */
export async function readTableSource(
  source: Pick<TableSource, "path" | "bytes">,
  known?: readonly string[],
): Promise<Table> {
  const large = source.bytes ? undefined : await readLargeTable(source.path, known && { known });
  if (large) return large;
  const bytes = source.bytes ?? new Uint8Array(await naming(source.path, readFile(source.path)));
  return readTable(bytes, { name: source.path, ...(known && { known }) });
}

/**
 * Reads a table, finds out what its columns are, holds rows out, and makes inputs of the others by what these alone say.
 * @throws {UsageError} where nothing says what is to be predicted, with the columns and what to type; {LoamError} for what is wrong in the table.
 */
export async function loadTable(source: TableSource, settings: TableSettings): Promise<LoadedTable> {
  const table = await readTableSource(source).catch((error: unknown) => {
    if (!(error instanceof LoamError) || !isTextName(source.path)) throw error;
    throw new CommandError(
      `${error.message} Where this is a text to learn to write from, --model char-gpt does.`,
    );
  });
  const understood = understand(table, settings);
  const { task } = understood;
  const { rows, tested } = partRows(understood, settings);
  const classes = task.classes && rows.map((row) => task.classes![row]!);
  const { validationSplit = 0, seed } = settings;
  const divide = (member: number) => {
    const { training, held } = holdOut(rows.length, validationSplit, memberSeed(seed, member), classes);
    const pick = (places: Uint32Array) => places.map((place) => rows[place]!);
    return { training: pick(training), held: pick(held) };
  };
  // What the columns are is one for all members of a committee.
  const first = divide(0);
  const fitted = fitTable(understood, first.training, settings.scaling ?? "auto");
  const datasets = ({ training, held }: typeof first): Divided => ({
    training: fitted.dataset(training),
    validation: held.length > 0 ? fitted.dataset(held) : undefined,
  });
  const members = understood.pixels ? (settings.members ?? 1) : membersOf(settings, rows.length, MOST_SHARED);
  const others = first.held.length > 0 ? members - 1 : 0;
  return {
    ...datasets(first),
    ...(tested && { test: fitted.dataset(tested) }),
    others: Array.from({ length: others }, (_, i) => datasets(divide(i + 1))),
    outputs: outputsOf(task),
    lines: describeTable(understood),
  };
}

/** Up to so many rows a whole committee is trained, and up to twice as many half of one: housing (16,500 rows) takes 19 s of processor time so. */
const MOST_SHARED = 10_000;
/** The seed of a committee's network; the first has the run's own. */
export function memberSeed(seed: number, member: number): number {
  return member === 0 ? seed : (seed % 2 ** 32) + member * 2 ** 32;
}

/** Finds out what columns are, as the settings say. @throws {UsageError} and those of `understandTable`. */
export function understand(
  table: Table,
  { target, weight, drop, types, task }: TableSettings,
): UnderstoodTable {
  try {
    return understandTable(table, {
      ...(target && { target: target.map((name) => columnName(table, name)) }),
      ...(weight !== undefined && { weight: columnName(table, weight) }),
      ...(drop && { drop: drop.map((name) => columnName(table, name)) }),
      ...(types && { types }),
      ...(task && { task }),
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error.code === "target-missing") throw new UsageError(askForTarget(table));
    throw new UsageError(error.message);
  }
}

/** A column by its name, or else by its position from 0, as scripts of before say it. */
export function columnName(table: Table, given: string): string {
  if (table.columns.some(({ name }) => name === given)) return given;
  return (/^\d+$/.test(given) && table.columns[Number(given)]?.name) || given;
}

/** The most columns that a question lists. */
const LISTED = 40;

function askForTarget(table: Table): string {
  const columns = table.columns.map(({ name, cells }) => {
    const filled = cells.filter((cell) => !isEmpty(cell));
    return { name, distinct: new Set(filled).size, example: filled[0] ?? "" };
  });
  const width = Math.min(30, Math.max(...columns.map(({ name }) => name.length)));
  const lines = columns.slice(0, LISTED).map(({ name, distinct, example }) => {
    const short = example.length > 30 ? `${example.slice(0, 29)}…` : example;
    return `  ${name.padEnd(width)}  ${distinct} different, such as ${JSON.stringify(short)}`;
  });
  if (columns.length > LISTED) lines.push(`  and ${columns.length - LISTED} more`);
  // An example of how to say it, of a column that tells few things apart.
  const few = columns.filter(({ distinct }) => distinct > 1).sort((a, b) => a.distinct - b.distinct)[0];
  return [
    `${table.name}: which column is to be predicted? None is called label, target, class or y.`,
    ...lines,
    `Name it with --target, such as: loam train --data ${table.name} --target ${few?.name ?? columns[0]!.name}`,
  ].join("\n");
}

/** The rows to be trained on, by their place among those with a target, and those of the fold that is the test. */
export function partRows(
  understood: UnderstoodTable,
  settings: TableSettings,
): { readonly rows: Uint32Array; readonly tested?: Uint32Array } {
  const { folds, fold, seed } = settings;
  const all = limited(understood, settings);
  if (folds === undefined || fold === undefined) return { rows: all };
  const classes = understood.task.classes && all.map((row) => understood.task.classes![row]!);
  const { inside, outside } = partFold(all.length, { folds, fold, seed, ...(classes && { classes }) });
  const pick = (places: Uint32Array) => places.map((place) => all[place]!);
  return { rows: pick(outside), tested: pick(inside) };
}

/** The rows that `--limit` leaves, chosen by the seed, from each class its share. */
function limited({ task }: UnderstoodTable, { limit, seed }: TableSettings): Uint32Array {
  const count = task.rows.length;
  if (limit === undefined || limit >= count) return Uint32Array.from(task.rows, (_, i) => i);
  return drawSamples(count, limit, seed, task.classes);
}

/** A table's rows that say what is right, as a trained model reads them. */
export async function tableToMeasure(
  source: TableSource,
  model: KnowsTables & Pick<Dataset, "scaling">,
): Promise<LabelledTable> {
  return labelledTable(model, await readTableSource(source, knownColumns(model)));
}
