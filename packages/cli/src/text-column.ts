import { LoamError } from "@loam/nn";
import { findColumns, isEmpty, listNames, type Table, usualTarget } from "@loam/nn/data/table";
import type { Config } from "./config.js";
import { UsageError } from "./failure.js";
import { columnName } from "./load-table.js";

/** The column of texts that a table's rows are told apart by, and what is to be said of texts in it. */
export interface FoundTexts {
  readonly column?: string;
  readonly notes: readonly string[];
}

/** Settings that say that a table is to be read otherwise. */
const OTHERWISE = ["horizon", "recording", "from", "layers", "task", "weight", "types", "scaling"] as const;
/** Names and addresses have fewer words on average. */
const WORDS = 5;
/** What is told of texts are classes: at most so many, or each of several rows. */
const CLASSES = 20;

/**
 * Whether a table is one of texts, by its first rows: a column of sentences that nearly all differ, with nothing beside it that could be learnt from. Where other
 * columns could be, nothing is guessed, and a note says what to type.
 * @throws {UsageError} for several columns of texts and nothing else.
 */
export function findTexts(table: Table, settings: Config): FoundTexts {
  const none: FoundTexts = { notes: [] };
  const { target: given, drop = [], model, tableReader } = settings;
  if (OTHERWISE.some((name) => settings[name] !== undefined) || tableReader === "lessons") return none;
  const [target, ...more] = given ? given.map((name) => columnName(table, name)) : [usualTarget(table)];
  const told = table.columns.find(({ name }) => name === target);
  if (told === undefined || more.length > 0 || !tellsClasses(told.cells)) return none;
  const dropped = drop.map((name) => columnName(table, name));
  const columns = table.columns.filter((column) => column !== told && !dropped.includes(column.name));
  const texts = columns.filter(({ cells }) => areTexts(cells)).map(({ name }) => name);
  const [first] = texts;
  if (first === undefined) return none;
  const others = columns.filter(({ name }) => !texts.includes(name));
  const command = (name: string) => `--text-column ${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}`;
  if (canBeLearntFrom({ ...table, columns: others })) {
    return {
      notes: [
        `noticed   ${listNames(texts)} ${texts.length > 1 ? "hold" : "holds"} texts, which are left out beside the other columns; ${command(first)} tells rows apart by their words alone`,
      ],
    };
  }
  if (model !== undefined && model !== "text") return none;
  if (texts.length === 1) return { column: first, notes: [] };
  throw new UsageError(
    `${table.name}: ${listNames(texts)} all hold texts; say which one tells rows apart, such as ${command(first)}.`,
  );
}

function tellsClasses(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => !isEmpty(cell));
  const { size } = new Set(filled);
  return size > 1 && (size <= CLASSES || size * 5 <= filled.length);
}

function areTexts(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => !isEmpty(cell));
  const words = filled.reduce((sum, cell) => sum + cell.split(/\s+/).length, 0);
  return words >= WORDS * filled.length && new Set(filled).size > 0.8 * filled.length && filled.length > 0;
}

function canBeLearntFrom(table: Table): boolean {
  try {
    return findColumns(table).some(({ kind }) => kind !== "identifier" && kind !== "left out");
  } catch (error) {
    // What is wrong in a cell is said when the table is read as one.
    if (error instanceof LoamError) return true;
    throw error;
  }
}
