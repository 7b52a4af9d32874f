import type { Model } from "@loam/nn";
import { type TextColumn, targetNames } from "@loam/nn/data/table";
import Papa from "papaparse";
import { didYouMean } from "./names.js";
import type { FilePredictions, Prediction } from "./predictions.js";

export interface PredictionCsvOptions {
  /** A column to name rows by, instead of those found; numbered from 1 where the tables have none of that name. */
  readonly id?: string;
  /** What the column of answers is called, instead of the target's name. */
  readonly as?: string;
  /** Whether a column for each class says its probability. */
  readonly probabilities?: boolean;
}

/**
 * Predictions as CSV: a header; columns that name the rows; then what was predicted. Of several files, the first column names the file.
 */
export function predictionCsv(
  model: Model,
  files: readonly FilePredictions[],
  { id, as, probabilities = false }: PredictionCsvOptions,
): string {
  const names = id === undefined ? commonNames(files) : [id];
  const task = model.schema?.task;
  const targets = task ? targetNames(task) : [];
  const answers = targets.length > 0 ? [...targets] : ["class"];
  if (as !== undefined) answers[0] = as;
  const classes = probabilities && task?.kind !== "regression" ? classNamesOf(model, files) : [];
  const several = files.length > 1 && id === undefined;
  const header = [
    ...(several ? ["file"] : []),
    ...names,
    ...answers,
    ...classes.map((name) => `probability of ${name}`),
  ];
  let number = 0;
  const rows = files.flatMap(({ predictions, columns: all }) => {
    const columns = names.map((name) => all.find((column) => column.name === name));
    return predictions.map((one) => {
      number += 1;
      return [
        ...(several ? [one.input] : []),
        ...columns.map((column) => column?.cells[one.index] ?? String(number)),
        ...answersOf(one),
        ...(classes.length > 0 && "probabilities" in one ? Object.values(one.probabilities).map(String) : []),
      ];
    });
  });
  return `${Papa.unparse([header, ...rows], { newline: "\n" })}\n`;
}

/** What is to be known of how the rows of `predictionCsv` are named, in sentences. */
export function namingNotes(files: readonly FilePredictions[], id: string | undefined): string[] {
  const tables = files.filter(({ columns }) => columns.length > 0);
  if (id === undefined) {
    if (tables.length === 0 || commonNames(files).length > 0) return [];
    return [
      "noticed   no column names the rows, which are in the table's order; --id <column> puts one in front, or numbers them",
    ];
  }
  const without = tables.filter(({ columns }) => !columns.some(({ name }) => name === id));
  const meant = didYouMean(
    id,
    without.flatMap(({ columns }) => columns.map(({ name }) => name)),
  );
  if (without.length === 0) return [];
  const whose = without.length === tables.length ? "" : ` in ${without.length} of ${tables.length} tables`;
  return [`noticed   there is no column ${JSON.stringify(id)}${whose}${meant}; rows are numbered from 1`];
}

/** Columns that all files have, to name rows by. */
function commonNames(files: readonly FilePredictions[]): string[] {
  const [first, ...others] = files;
  const has = (columns: readonly TextColumn[], name: string) =>
    columns.some((column) => column.name === name);
  return (first?.identifiers ?? [])
    .map(({ name }) => name)
    .filter((name) => name !== "" && others.every(({ identifiers }) => has(identifiers, name)));
}

function classNamesOf({ classNames, schema }: Model, files: readonly FilePredictions[]): readonly string[] {
  if (schema?.task.kind === "multilabel") return schema.task.labels.map(({ name }) => name);
  if (classNames) return classNames;
  const one = files.flatMap(({ predictions }) => predictions)[0];
  return one && "class" in one ? one.probabilities.map((_, i) => String(i)) : [];
}

/** What a prediction says, a cell each target. */
export function answersOf(one: Prediction): string[] {
  if ("class" in one) return [one.class];
  if ("answer" in one) return Object.values(one.answer);
  return one.values ? Object.values(one.values).map(String) : [String(one.value)];
}
