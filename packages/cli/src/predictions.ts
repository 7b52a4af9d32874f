import { readFile } from "node:fs/promises";
import {
  LoamError,
  type Model,
  NumericError,
  type Output,
  type RecordingInput,
  type SeriesInput,
} from "@loam/nn";
import { meanProbabilities, partRecordings, recordingInputs, seriesInputs } from "@loam/nn/data/series";
import {
  knownColumns,
  labelAnswer,
  rowNames,
  type Table,
  type TextColumn,
  tableInputs,
  targetNames,
} from "@loam/nn/data/table";
import { isTableName, isTextName, requireNoAddress, type TableSource } from "./data-source.js";
import { CommandError, UsageError } from "./failure.js";
import { readTableSource } from "./load-table.js";
import { decoded } from "./load-text.js";
import { naming } from "./naming.js";
import { readInputs } from "./read-inputs.js";
import { readsColumns } from "./reads-columns.js";
import { readStdin } from "./stdin.js";
import { trainedOn } from "./trained-on.js";

/** What `loam predict --json` says of one sample of a network that tells classes. */
export interface ClassPrediction {
  readonly input: string;
  /** Position in the file, from 0. */
  readonly index: number;
  /** The class's name. */
  readonly class: string;
  /** The class's number. */
  readonly label: number;
  readonly probability: number;
  /** Of every class, in their order. */
  readonly probabilities: readonly number[];
}

/** And of one that predicts numbers, in the targets' own units. */
export interface NumberPrediction {
  readonly input: string;
  readonly index: number;
  /** Of the one target. */
  readonly value?: number;
  /** Of several, by their names. */
  readonly values?: Readonly<Record<string, number>>;
  /** Of a series: when it is forecast for, where rows have dates. */
  readonly moment?: string;
}

/** And of one that tells several labels. */
export interface LabelPrediction {
  readonly input: string;
  readonly index: number;
  /** Those that hold. */
  readonly labels: readonly string[];
  /** By the columns' names and in their own words: `{ toxic: "1", insult: "0" }` or `{ genres: "comedy|drama" }`. */
  readonly answer: Readonly<Record<string, string>>;
  /** Of each label, by its name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

export type Prediction = ClassPrediction | LabelPrediction | NumberPrediction;

/** What a file's samples came to. */
export interface FilePredictions {
  readonly predictions: readonly Prediction[];
  /** Columns of a table that name its rows. */
  readonly identifiers: readonly TextColumn[];
  /** All columns of a table. */
  readonly columns: readonly TextColumn[];
  readonly notes: readonly string[];
  /** Whether this is a picture without colours, for a network that looks at these. */
  readonly lacksColour?: boolean;
}

interface Samples {
  /** Of a series: the table's row of each sample, and what is added to what is predicted of it. */
  readonly rows?: Uint32Array;
  readonly base?: Float64Array;
  readonly moments?: readonly string[];
  /** Of recordings: the place of each window's. */
  readonly recordings?: Uint32Array;
  readonly inputs: { readonly data: Uint8Array | Float32Array; readonly shape: readonly number[] };
  readonly identifiers: readonly TextColumn[];
  readonly columns: readonly TextColumn[];
  readonly notes: readonly string[];
  readonly lacksColour?: boolean;
}

/** Reads a file and predicts all that is in it; `-` is a table from stdin. */
export async function predictFile(model: Model, file: string): Promise<FilePredictions> {
  requireNoAddress(file);
  const { inputs, rows, base, moments, recordings, ...about } = await samplesOf(model, file);
  const task = model.schema?.task;
  try {
    if (task?.kind === "regression") {
      const { data } = await model.predict(inputs);
      const { targets } = task;
      const predictions = Array.from({ length: inputs.shape[0]! }, (_, sample) => {
        const index = rows?.[sample] ?? sample;
        const values = targets.map(({ scale, shift }, i) => {
          const place = sample * targets.length + i;
          return data[place]! * scale + shift + (base?.[place] ?? 0);
        });
        requireNumbers(file, index, values);
        const moment = moments && { moment: moments[sample]! };
        if (values.length === 1) return { input: file, index, value: values[0]!, ...moment };
        return {
          input: file,
          index,
          ...moment,
          values: Object.fromEntries(targets.map(({ name }, i) => [name, values[i]!])),
        };
      });
      return { predictions, ...about };
    }
    const classified = await model.classify(inputs);
    if (task?.kind === "multilabel") {
      const width = task.labels.length;
      const predictions = Array.from({ length: inputs.shape[0]! }, (_, index) => {
        const told = classified.labels.subarray(index * width, (index + 1) * width);
        const shares = classified.probabilities.data.subarray(index * width, (index + 1) * width);
        const probabilities = Object.fromEntries(task.labels.map(({ name }, i) => [name, shares[i]!]));
        const names = task.labels.filter((_, i) => told[i] === 1).map(({ name }) => name);
        return { input: file, index, labels: names, answer: labelAnswer(task, told), probabilities };
      });
      return { predictions, ...about };
    }
    const { labels, probabilities } = recordings ? wholeRecordings(recordings, classified) : classified;
    const classes = probabilities.shape[1]!;
    const predictions = Array.from(labels, (label, index) => {
      const row = Array.from(probabilities.data.subarray(index * classes, (index + 1) * classes));
      return {
        input: file,
        index,
        class: className(model, label),
        label,
        probability: row[label]!,
        probabilities: row,
      };
    });
    return { predictions, ...about };
  } catch (error) {
    if (!(error instanceof NumericError)) throw error;
    throw new CommandError(`${file}: ${error.message}`, { cause: error });
  }
}

export function className({ classNames }: Model, label: number): string {
  return classNames?.[label] ?? String(label);
}

async function samplesOf(model: Model, file: string): Promise<Samples> {
  const { schema } = model;
  if (schema?.input.kind === "text") {
    if (schema.task.kind === "next")
      throw new UsageError("this model writes text, and tells no classes; use loam sample.");
    const { column, identifiers } = schema.input;
    const source = file === "-" ? { path: "stdin", bytes: await readStdin() } : { path: file };
    const mayBeText = file === "-" || isTextName(file);
    if (column !== undefined && isTableName(file)) {
      const table = mayBeText ? await tableWith(source, column) : await readTableSource(source, [column]);
      if (table) return textsOfColumn(model, table, column, identifiers);
    }
    const bytes = source.bytes ?? new Uint8Array(await naming(file, readFile(file)));
    const { textInputs } = await import("@loam/nn/data/text");
    const inputs = textInputs(model, [await decoded(bytes, source.path)]);
    return { inputs, identifiers: [], columns: [], notes: strangeTexts(model, source.path, inputs) };
  }
  if (isTableName(file) && schema?.input.kind === "recording") return recordingsOf(model, file, schema.input);
  if (isTableName(file) && schema?.input.kind === "series") return windowsOf(model, file, schema.input);
  if (isTableName(file) && readsColumns(model)) {
    const source = file === "-" ? { path: "stdin", bytes: await readStdin() } : { path: file };
    const table = await readTableSource(source, knownColumns(model));
    return { ...tableInputs(model, table), columns: table.columns };
  }
  if (schema?.input.kind === "table" || schema?.input.kind === "series" || schema?.input.kind === "recording")
    throw new CommandError(
      `${file}: the model was trained on ${trainedOn(model)}, and this is no table (.csv and the like).`,
    );
  const { inputs, lacksColour = false } = await readInputs(file, model);
  const notes =
    isTableName(file) && model.inputShape.length === 1
      ? [`noticed   ${file}: this model knows no names of columns; all are taken as inputs, in their order`]
      : [];
  return { inputs, identifiers: [], columns: [], notes, lacksColour };
}

/** A text's file as a table, where it is one: with that column, or with several that have names; undefined for a text. */
async function tableWith(
  source: Pick<TableSource, "path" | "bytes">,
  column: string,
): Promise<Table | undefined> {
  const table = await readTableSource(source, [column]).catch((error: unknown) => {
    if (error instanceof LoamError) return undefined;
    throw error;
  });
  const isTable = table?.header && (table.columns.length > 1 || table.columns[0]?.name === column);
  return isTable ? table : undefined;
}

/** The texts of a table's column, by the columns that name its rows. */
async function textsOfColumn(
  model: Model,
  table: Table,
  column: string,
  identifiers: readonly string[] = [],
): Promise<Samples> {
  const texts = table.columns.find(({ name }) => name === column);
  if (texts === undefined)
    throw new CommandError(
      `${table.name}: has no column ${JSON.stringify(column)}, which the network reads.`,
    );
  const { textInputs } = await import("@loam/nn/data/text");
  const known = table.columns.filter(({ name }) => identifiers.includes(name));
  const apart = [column, ...targetNames(model.schema!.task)];
  const others = table.columns.filter(({ name }) => !apart.includes(name));
  const inputs = textInputs(model, texts.cells);
  return {
    inputs,
    identifiers: known.length > 0 ? known : rowNames(table, others),
    columns: table.columns,
    notes: strangeTexts(model, table.name, inputs),
  };
}

/** A sentence for texts without a single word that training had: ids are 0 for none, and 1 for one that is not known. */
function strangeTexts(
  { schema }: Model,
  file: string,
  {
    data,
    shape: [texts = 0, length = 0],
  }: { readonly data: ArrayLike<number>; readonly shape: readonly number[] },
): string[] {
  if (schema?.input.kind !== "text" || schema.input.unit !== "word") return [];
  let strange = 0;
  for (let text = 0; text < texts; text++) {
    const ids = Array.from({ length }, (_, at) => data[text * length + at]!);
    if (ids.every((id) => id < 2)) strange++;
  }
  if (strange === 0) return [];
  const which = texts === 1 ? "has" : `${strange} of ${texts} texts have`;
  return [
    `noticed   ${file}: ${which} no word that training had; what is told of ${strange === 1 ? "it" : "them"} is no more than which class is usual`,
  ];
}

/** A series' windows; rows are named by their moment and by the one that is forecast. */
async function windowsOf(model: Model, file: string, { time }: SeriesInput): Promise<Samples> {
  const source = file === "-" ? { path: "stdin", bytes: await readStdin() } : { path: file };
  const table = await readTableSource(source, knownColumns(model));
  const samples = seriesInputs(model, table);
  const { moments } = samples;
  const dates = time && table.columns.find(({ name }) => name === time.name);
  const cells = Array.from({ length: table.rows }, () => "");
  moments?.forEach((moment, sample) => {
    cells[samples.rows[sample]!] = moment;
  });
  const ahead = moments ? [{ name: "forecast for", cells }] : [];
  return {
    ...samples,
    identifiers: [...(dates ? [dates] : []), ...ahead],
    columns: [...table.columns, ...ahead],
  };
}

/** The recordings of a table: all of it, or one for each name in the column that training named them by. */
async function recordingsOf(model: Model, file: string, { recording }: RecordingInput): Promise<Samples> {
  const source = file === "-" ? { path: "stdin", bytes: await readStdin() } : { path: file };
  const table = await readTableSource(source, knownColumns(model));
  const isNamed = recording !== undefined && table.columns.some(({ name }) => name === recording);
  const parts = isNamed ? partRecordings(table, recording) : new Map([["", table]]);
  const samples = recordingInputs(model, [...parts.values()]);
  const names = isNamed ? [{ name: recording, cells: [...parts.keys()] }] : [];
  return { ...samples, identifiers: names, columns: names };
}

/** What is told of whole recordings: the mean of what their windows say. */
function wholeRecordings(
  recordings: Uint32Array,
  { probabilities }: { readonly probabilities: Output },
): { readonly labels: readonly number[]; readonly probabilities: Output } {
  const means = meanProbabilities(recordings, probabilities);
  const classes = probabilities.shape[1]!;
  const data = new Float32Array(means.length * classes);
  means.forEach((mean, at) => {
    data.set(mean, at * classes);
  });
  const labels = means.map((mean) => mean.indexOf(mean.reduce((most, one) => Math.max(most, one))));
  return { labels, probabilities: { data, shape: [means.length, classes] } };
}

function requireNumbers(file: string, index: number, values: readonly number[]): void {
  if (values.every(Number.isFinite)) return;
  throw new CommandError(
    `${file}: what is predicted of sample ${index + 1} is no finite number; look at its values, and at the weights.`,
  );
}
