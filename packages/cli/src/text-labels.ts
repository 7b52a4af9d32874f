import type { DataSchema, Dataset, MultilabelTask, TextInput } from "@loam/nn";
import { findColumns, findTask, holdOut, isEmpty, rowLabels, type Table } from "@loam/nn/data/table";
import { textDataset } from "@loam/nn/data/text";
import { partFold } from "./folds.js";
import { showCount } from "./format.js";
import type { Settings } from "./settings.js";

export interface LabelColumns {
  readonly text: string;
  /** The columns that say which labels hold: one each, or one of labels parted by `|`. */
  readonly targets: readonly string[];
  readonly identifiers: readonly string[];
}

/** Texts of which any of several labels may hold, divided. */
export interface LabelledTexts {
  readonly training: Dataset;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  readonly outputs: number;
  readonly lines: readonly string[];
}

/**
 * The texts of a table's rows with the labels that hold of them; the vocabulary is that of what is trained on alone, or of `like`.
 * @throws as `findTask` for columns that tell no labels.
 */
export function loadLabelledTexts(
  table: Table,
  { text, targets, identifiers }: LabelColumns,
  {
    validationSplit = 0,
    limit,
    seed,
    folds,
    fold,
  }: Pick<Settings, "validationSplit" | "limit" | "seed" | "folds" | "fold">,
  like?: DataSchema,
): LabelledTexts {
  const filled = withText(table, text);
  const columns = targets.map((name) => filled.columns.find((one) => one.name === name)!);
  const found = findTask(filled, findColumns({ ...filled, columns }), "multilabel");
  const { rows, holding } = found;
  const { labels } = found.labels!;
  const width = labels.length;
  const cells = filled.columns.find(({ name }) => name === text)!.cells;
  const datasetOf = (
    places: Uint32Array,
    known: DataSchema | undefined,
  ): Dataset & { schema: DataSchema } => {
    const texts = Array.from(places, (place) => cells[rows[place]!]!);
    const { schema, inputs } = idsOf(texts, table.name, known);
    const data = Float32Array.from(
      { length: places.length * width },
      (_, at) => holding![places[Math.floor(at / width)]! * width + (at % width)]!,
    );
    const input = { ...schema.input, column: text, identifiers } as TextInput;
    return {
      ...{ name: table.name, inputs, scaling: { kind: "none" } },
      labels: { data, shape: [places.length, width] },
      schema: { task: { kind: "multilabel", ...found.labels! }, input },
    };
  };
  const all = Uint32Array.from(rows.keys());
  const parted =
    folds === undefined || fold === undefined ? undefined : partFold(all.length, { folds, fold, seed });
  const own = parted?.outside ?? all;
  const divided = holdOut(own.length, validationSplit, seed);
  const pick = (places: Uint32Array) => places.map((place) => own[place]!);
  const training = datasetOf(pick(divided.training).slice(0, limit), like);
  const { schema } = training;
  const { vocabulary, length } = schema.input as TextInput;
  const counts = labels.map(({ name }, i) => `${name} ${showCount(countOf(holding!, i, width))}`);
  return {
    training,
    ...(divided.held.length > 0 && { validation: datasetOf(pick(divided.held), schema) }),
    ...(parted && { test: datasetOf(parted.inside, schema) }),
    outputs: width,
    lines: [
      `target    ${targets.join(", ")}, told by the words of ${text}`,
      `texts     ${showCount(own.length)} with ${width} labels (${counts.slice(0, 8).join(", ")}${width > 8 ? ", …" : ""}); ${showCount(vocabulary.length)} words, the first ${length} of a text`,
    ],
  };
}

/** The texts of a table that say which of a model's labels hold. @throws {DataError} as `rowLabels`. */
export function labelledTextsToMeasure(table: Table, schema: DataSchema, text: string): Dataset {
  const filled = withText(table, text);
  const { rows, labels } = rowLabels(filled, schema.task as MultilabelTask);
  const { cells } = filled.columns.find(({ name }) => name === text)!;
  const texts = Array.from(rows, (row) => cells[row]!);
  const { inputs } = idsOf(texts, table.name, schema);
  return { name: table.name, inputs, labels, scaling: { kind: "none" }, schema };
}

/** The ids of texts' words; their one class is none of what is told. */
function idsOf(texts: readonly string[], name: string, like: DataSchema | undefined) {
  return textDataset(
    texts.map((text) => ({ text, label: "" })),
    { ...(like && { like }), classNames: [""], name },
  );
}

/** The rows that have a text. */
function withText(table: Table, text: string): Table {
  const { cells } = table.columns.find(({ name }) => name === text)!;
  const rows = [...cells.keys()].filter((row) => !isEmpty(cells[row]!));
  if (rows.length === table.rows) return table;
  const columns = table.columns.map(({ name, cells: all }) => ({
    name,
    cells: rows.map((row) => all[row]!),
  }));
  return { ...table, rows: rows.length, columns };
}

function countOf(holding: Float32Array, label: number, width: number): number {
  let count = 0;
  for (let at = label; at < holding.length; at += width) count += holding[at]!;
  return count;
}
