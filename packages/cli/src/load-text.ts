import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError, type DataSchema, type Dataset, gunzip, type Model, type TextInput } from "@loam/nn";
import {
  findColumns,
  holdOut,
  isEmpty,
  listNames,
  type Table,
  targetNames,
  usualTarget,
} from "@loam/nn/data/table";
import { holdOutTail, type LabelledText, textDataset } from "@loam/nn/data/text";
import { isTextName, type TableSource, type TextSource, type TextsSource } from "./data-source.js";
import { CommandError, UsageError } from "./failure.js";
import { foldersIn } from "./folders.js";
import { partFold } from "./folds.js";
import { showCount } from "./format.js";
import { columnName, readTableSource } from "./load-table.js";
import { didYouMean } from "./names.js";
import { naming } from "./naming.js";
import type { Settings } from "./settings.js";
import { labelledTextsToMeasure, loadLabelledTexts } from "./text-labels.js";

export type TextSettings = Pick<
  Settings,
  "context" | "validationSplit" | "limit" | "seed" | "target" | "task" | "textColumn" | "folds" | "fold"
>;

/** Text, divided. */
export interface LoadedText {
  readonly training: Dataset;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  /** How many characters there are, or classes. */
  readonly outputs: number;
  readonly lines: readonly string[];
}

/** How many characters a language model sees at once unless told otherwise. */
const CONTEXT = 64;

/** Reads a text for a language model, and holds its end out. @throws {LoamError} for one that is too short. */
export async function loadText(
  source: TextSource,
  { context: given = CONTEXT, validationSplit = 0, limit }: TextSettings,
  like?: DataSchema,
): Promise<LoadedText> {
  const context = like ? (like.input as TextInput).length : given;
  const text = await decoded(source.bytes ?? (await naming(source.path, readFile(source.path))), source.path);
  const { training, held } = holdOutTail(text, validationSplit, context, source.path);
  // So many windows, of the beginning.
  const seen = limit === undefined ? training : training.slice(0, limit * context + 1);
  const windows = textDataset(seen, { ...(like ? { like } : { context }), name: source.path });
  const { schema } = windows;
  const validation = held === "" ? undefined : textDataset(held, { like: schema, name: source.path });
  const { vocabulary } = schema.input;
  const [before, behind] = [seen, held].map((part) => [...part].length) as [number, number];
  return {
    training: windows,
    ...(validation && { validation }),
    outputs: vocabulary.length,
    lines: [
      `text      ${showCount(before + behind)} characters, ${vocabulary.length} different${behind === 0 ? "" : `; the last ${showCount(behind)} are held out`}; windows of ${context}`,
    ],
  };
}

/** A text as a language model sees it. */
export async function textToMeasure(source: TextSource, model: Pick<Model, "schema">): Promise<Dataset> {
  const text = await decoded(source.bytes ?? (await naming(source.path, readFile(source.path))), source.path);
  return textDataset(text, { like: model.schema!, name: source.path });
}

/** Reads texts of classes, from a folder or from a table, and holds some out, of each class its share. */
export async function loadTexts(
  source: TextsSource,
  options: TextSettings,
  base?: Pick<Model, "schema" | "classNames">,
): Promise<LoadedText> {
  const { path, table } = source;
  if (table === undefined) {
    const { training: texts, test } = await readTexts(path);
    return divided(texts, path, options, { ...(test && { test }), ...(base && { base }) });
  }
  const { input, task } = base?.schema ?? {};
  const { textColumn = (input as TextInput | undefined)?.column ?? "" } = options;
  const {
    target = task?.kind === "classification" && task.target !== undefined ? [task.target] : undefined,
  } = options;
  const rows = await readTableSource(table);
  const labels = labelTargets(rows, options, base?.schema);
  if (labels) {
    const text = requireColumn(rows, columnName(rows, textColumn));
    const columns = { text, targets: labels.map((name) => requireColumn(rows, name)) };
    const identifiers = identifiersOf(rows, columns);
    return loadLabelledTexts(rows, { ...columns, identifiers }, options, base?.schema);
  }
  const columns = { text: columnName(rows, textColumn), target: targetOf(rows, target) };
  const identifiers = identifiersOf(rows, { text: columns.text, targets: [columns.target] });
  const loaded = divided(textsOfRows(rows, columns), path, options, base && { base });
  const knows = (dataset: Dataset): Dataset => ({
    ...dataset,
    schema: withColumns(dataset.schema!, columns, identifiers),
  });
  const out = rows.columns
    .map(({ name }) => name)
    .filter((name) => name !== columns.text && name !== columns.target);
  const left =
    out.length > 0 ? `; left out: ${out.slice(0, 8).join(", ")}${out.length > 8 ? ", …" : ""}` : "";
  return {
    ...loaded,
    lines: [`target    ${columns.target}, told by the words of ${columns.text}${left}`, ...loaded.lines],
    training: knows(loaded.training),
    ...(loaded.validation && { validation: knows(loaded.validation) }),
    ...(loaded.test && { test: knows(loaded.test) }),
  };
}

/** The columns of several labels, where that is what is to be told. @throws {UsageError} for numbers. */
function labelTargets(
  table: Table,
  { target, task }: TextSettings,
  like: DataSchema | undefined,
): readonly string[] | undefined {
  if (task === "regression")
    throw new UsageError("--task: of texts classes or labels are told, and no numbers.");
  const given = target?.map((name) => columnName(table, name));
  const isAsBefore = given === undefined && task === undefined && like?.task.kind === "multilabel";
  if (isAsBefore) return targetNames(like.task);
  if (task !== "multilabel" && (task !== undefined || (given?.length ?? 0) < 2)) return undefined;
  return given ?? [targetOf(table, given)];
}

/** @throws {DataError} `columns-missing` */
function requireColumn(table: Table, name: string): string {
  const known = table.columns.map((one) => one.name);
  if (known.includes(name)) return name;
  throw new DataError(
    "columns-missing",
    `${table.name}: has no column ${JSON.stringify(name)}${didYouMean(name, known)}; it has ${listNames(known)}.`,
    { file: table.name },
  );
}

interface TextColumns {
  readonly text: string;
  readonly target: string;
}

/** @throws {UsageError} where nothing says which column is to be told. */
function targetOf(table: Table, given: Settings["target"]): string {
  const [name, ...more] = given?.map((one) => columnName(table, one)) ?? [usualTarget(table)];
  if (name !== undefined && more.length === 0) return name;
  throw new UsageError(
    name === undefined
      ? `${table.name}: which column says what a text is? None is called label, target, class or y; name it with --target.`
      : "--target must be one column where texts are told apart.",
  );
}

/** The rows that have a text and say what it is. @throws {DataError} `columns-missing` */
function textsOfRows(table: Table, { text, target }: TextColumns): LabelledText[] {
  const [texts, labels] = [text, target].map((name) => {
    requireColumn(table, name);
    return table.columns.find((one) => one.name === name)!.cells;
  }) as [readonly string[], readonly string[]];
  const rows = texts.map((cell, row) => ({ text: cell, label: labels[row]! }));
  return rows.filter((row) => !isEmpty(row.text) && !isEmpty(row.label));
}

/** The columns that name rows, among those that are neither the text nor what it is. */
function identifiersOf(
  table: Table,
  { text, targets }: { readonly text: string; readonly targets: readonly string[] },
): string[] {
  const columns = table.columns.filter(({ name }) => name !== text && !targets.includes(name));
  return findColumns({ ...table, columns }).flatMap(({ kind, column }) =>
    kind === "identifier" ? [column.name] : [],
  );
}

/** What a model knows, with the names of the columns that it learnt from. */
function withColumns(
  schema: DataSchema,
  { text, target }: TextColumns,
  identifiers: readonly string[],
): DataSchema {
  const input = { ...schema.input, column: text, identifiers } as TextInput;
  return { task: { kind: "classification", target }, input };
}

/** Texts with labels as data to train on, the vocabulary that of what is trained on alone; the test is what is given, or a fold. */
export function divided(
  all: readonly LabelledText[],
  name: string,
  settings: Pick<TextSettings, "validationSplit" | "limit" | "seed" | "folds" | "fold">,
  given: {
    readonly test?: readonly LabelledText[];
    readonly base?: Pick<Model, "schema" | "classNames">;
  } = {},
): LoadedText {
  const { validationSplit = 0, limit, seed } = settings;
  const own = [...new Set(all.map(({ label }) => label))].sort();
  const { schema: known, classNames: theirs = [] } = given.base ?? {};
  const classNames = own.every((name) => theirs.includes(name)) ? theirs : own;
  const { texts, test = given.test } = partedByFold(all, classNames, settings);
  if (classNames.length < 2) {
    throw new CommandError(
      `${name}: all texts are ${JSON.stringify(classNames[0] ?? "")}, and there is nothing to tell them from; give texts of two classes or more.`,
    );
  }
  const classes = Uint32Array.from(texts, ({ label }) => classNames.indexOf(label));
  const { training, held } = holdOut(texts.length, validationSplit, seed, classes);
  const pick = (places: Uint32Array) => Array.from(places, (place) => texts[place]!);
  const kept = pick(limit === undefined ? training : training.slice(0, limit));
  const dataset = textDataset(kept, { ...(known && { like: known }), classNames, name });
  const like = { like: dataset.schema, classNames, name };
  const { vocabulary, length } = dataset.schema.input;
  return {
    training: dataset,
    ...(held.length > 0 && { validation: textDataset(pick(held), like) }),
    ...(test && test.length > 0 && { test: textDataset(test, like) }),
    outputs: classNames.length,
    lines: [
      `texts     ${showCount(texts.length)} of ${classNames.length} classes (${classNames.slice(0, 8).join(", ")}${classNames.length > 8 ? ", …" : ""}); ${showCount(vocabulary.length)} words, the first ${length} of a text`,
    ],
  };
}

/** The texts of one fold are the test, and all others to be trained on; all of them without folds. */
function partedByFold(
  texts: readonly LabelledText[],
  classNames: readonly string[],
  { folds, fold, seed }: Pick<TextSettings, "seed" | "folds" | "fold">,
): { readonly texts: readonly LabelledText[]; readonly test?: readonly LabelledText[] } {
  if (folds === undefined || fold === undefined) return { texts };
  const classes = texts.map(({ label }) => classNames.indexOf(label));
  const { inside, outside } = partFold(texts.length, { folds, fold, seed, classes });
  const pick = (places: Uint32Array) => Array.from(places, (place) => texts[place]!);
  return { texts: pick(outside), test: pick(inside) };
}

/** A folder of texts as a trained model sees them: those for the test, where it has such a part. */
export async function textsToMeasure(
  { path, table }: TextsSource,
  model: Pick<Model, "schema" | "classNames">,
): Promise<Dataset> {
  const { schema, classNames } = model;
  if (table && schema?.task.kind === "multilabel") {
    const rows = await readTableSource(table);
    const { column = "" } = schema.input as TextInput;
    return labelledTextsToMeasure(rows, schema, requireColumn(rows, column));
  }
  const { training, test } = table ? await textsToTell(table, schema!) : await readTexts(path);
  return textDataset(test ?? training, {
    ...{ like: schema!, name: path },
    ...(classNames && { classNames }),
  });
}

/** The texts of a table's rows that say what they are, by the columns that a model knows. */
async function textsToTell(source: TableSource, { task, input }: DataSchema): Promise<ReadTexts> {
  const column = input.kind === "text" ? input.column : undefined;
  const target = task.kind === "classification" ? task.target : undefined;
  if (column === undefined || target === undefined)
    throw new UsageError(
      `${source.path}: the model was trained on files of text, and knows no columns of a table.`,
    );
  return { training: textsOfRows(await readTableSource(source), { text: column, target }) };
}

interface ReadTexts {
  readonly training: readonly LabelledText[];
  readonly test?: readonly LabelledText[];
}

/** The texts of a folder by class, or of its parts `train` and `test`. */
export async function readTexts(path: string): Promise<ReadTexts> {
  const parts = (await foldersIn(path)).filter((name) => name === "train" || name === "test");
  if (parts.length === 0) return { training: await textsIn(path) };
  return {
    training: await textsIn(join(path, "train")),
    ...(parts.includes("test") && { test: await textsIn(join(path, "test")) }),
  };
}

async function textsIn(path: string): Promise<LabelledText[]> {
  const texts: LabelledText[] = [];
  for (const label of await foldersIn(path)) {
    const files = await naming(path, readdir(join(path, label), { recursive: true }));
    for (const file of files.filter(isTextName).sort()) {
      const name = join(path, label, file);
      texts.push({ label, text: await decoded(await naming(name, readFile(name)), name) });
    }
  }
  if (texts.length > 0) return texts;
  throw new CommandError(`${path}: has no texts; expected one folder of .txt files a class.`);
}

/** A text of bytes, in UTF-8 or in UTF-16 with a mark, as it is or as gzip has it. @throws {CommandError} for what is neither, and {FormatError} of gzip. */
export async function decoded(bytes: Uint8Array, name: string): Promise<string> {
  const plain = await gunzip(bytes, name);
  const [a, b] = plain;
  const encoding = a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(plain);
  } catch (error) {
    throw new CommandError(`${name}: expected a text in UTF-8, got bytes that are none; convert it.`, {
      cause: error,
    });
  }
}
