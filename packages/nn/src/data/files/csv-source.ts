import { spool } from "#files";
import { DataError, requireOneOf } from "../../errors.js";
import { findScaling, type ScalingChoice } from "../find-scaling.js";
import { labelPosition, looksLikeHeader } from "../readers/csv.js";
import { CsvTable } from "../readers/csv-table.js";
import { type ArrayPart, allRows, readRows } from "./array-part.js";
import { rowsOf } from "./csv-rows.js";
import { closing, type FileSource, markOf } from "./file-source.js";
import { type FileInput, nameOf, openFile } from "./open-file.js";
import type { Seekable } from "./seekable.js";

export interface CsvSourceOptions {
  /** Which column holds the label: its position from 0, or from −1 back, or its name in the header. Default 0. */
  readonly labelColumn?: number | string;
  /** Whether the first row holds names. "auto", the default, looks for words where numbers should be. */
  readonly header?: "auto" | boolean;
  /** How values become inputs; default "maximum". */
  readonly scaling?: ScalingChoice;
  /** "classes" (default): whole numbers from 0, or words, each its own class. "values": any number, for regression. */
  readonly labels?: "classes" | "values";
  /** What errors and logs call it; default the file's name. */
  readonly name?: string;
}

/**
 * Samples from a table of numbers with a label column, as `readCsv` reads it, that need not fit in memory. It is read once from end to end, and its
 * numbers kept in a temporary file, in a page in a blob; from there samples are read while a model is trained on them.
 *
 * ```ts
 * await using readings = await csvSource("readings.csv.gz", { labelColumn: "state" });
 * await model.fit(readings, { epochs: 5 });
 * ```
 * @throws {DataError} `csv-ragged`, `csv-not-a-number`, `csv-label`, `no-samples`. @throws {FormatError} `csv-not-text`, `csv-quotes`,
 * `gzip-damaged`, `gzip-too-large`. @throws {ConfigError} `label-column-unknown`, `scaling-unknown`, `labels-unknown`. @throws {PlatformError} `file-missing`,
 * `file-unreadable`, `file-unwritable`, `no-files`.
 */
export async function csvSource(input: FileInput, options: CsvSourceOptions = {}): Promise<FileSource> {
  const { labelColumn = 0, header = "auto", scaling = "maximum", labels = "classes" } = options;
  const name = options.name ?? nameOf(input);
  requireOneOf(name, "labels", labels, ["classes", "values"]);
  const file = await openFile(input);
  const kept = await spool(name);
  let numbers: Seekable | undefined;
  try {
    const mark = await markOf(file);
    const read = await keepNumbers(file, { name, labelColumn, header, labels }, (bytes) => kept.write(bytes));
    numbers = await kept.finish();
    const { rows, columns, words, most } = read;
    const features = columns - 1;
    const part: ArrayPart = {
      file: numbers,
      start: 0,
      kind: "f4",
      little: IS_LITTLE,
      shape: [rows, columns],
    };
    // Words are classes in their order, as everywhere; they were numbered as they came.
    const classNames = words.length > 0 ? [...words].sort() : undefined;
    const places = classNames && words.map((word) => classNames.indexOf(word));
    const type = labels === "values" ? "f32" : most < 256 ? "u8" : "u32";
    const inputs = async function* () {
      for await (const values of allRows(part)) yield apart(values, columns).inputs;
    };
    return {
      name,
      samples: rows,
      inputs: { type: "f32", shape: [features] },
      labels: { type, shape: labels === "values" ? [1] : [] },
      scaling: await findScaling(name, scaling, rows, features, inputs),
      ...(classNames && { classNames }),
      fingerprint: mark,
      async read(indices) {
        const { inputs, labels: answers } = apart(await readRows(part, "f32", indices), columns);
        if (type === "f32") return { inputs, labels: answers };
        const classes = type === "u8" ? new Uint8Array(indices.length) : new Uint32Array(indices.length);
        for (const [i, answer] of answers.entries()) classes[i] = places ? places[answer]! : answer;
        return { inputs, labels: classes };
      },
      ...closing([numbers]),
    };
  } catch (error) {
    if (numbers) await numbers.close();
    else await kept.discard();
    throw error;
  } finally {
    await file.close();
  }
}

const IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

interface KeptNumbers {
  readonly rows: number;
  readonly columns: number;
  /** The classes' names as they came. */
  readonly words: readonly string[];
  readonly most: number;
}

/** Writes each row as float32: its inputs, then its label. */
async function keepNumbers(
  file: Seekable,
  {
    name,
    labelColumn,
    header,
    labels,
  }: Required<Pick<CsvSourceOptions, "labelColumn" | "header" | "labels" | "name">>,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<KeptNumbers> {
  const words = new Map<string, number>();
  let columns = 0;
  let label = 0;
  let names: string[] | undefined;
  let row = 0;
  let rows = 0;
  let most = 0;
  for await (const some of rowsOf(file)) {
    let from = 0;
    if (columns === 0) {
      const first = some.slice(0, 2).map((cells) => [...cells]);
      if (first.length === 0) continue;
      columns = first[0]!.length;
      const withHeader = header === "auto" ? looksLikeHeader(first, labelColumn) : header;
      names = withHeader ? first[0]!.map((cell) => cell.trim()) : undefined;
      label = labelPosition(labelColumn, columns, names, name);
      from = withHeader ? 1 : 0;
    }
    const table = new CsvTable(name, columns, label, labels, names);
    for (let i = from; i < some.length; i++) table.add(some[i]!, row + i + 1);
    row += some.length;
    if (some.length === from) continue;
    const { inputs, targets, classNames, rows: count, features } = table.finish();
    if (rows > 0 && (classNames !== undefined) !== words.size > 0) {
      throw new DataError(
        "csv-label",
        `${name}: rows ${row - count + 1} to ${row}: expected a class (${words.size > 0 ? "a word" : "a whole number from 0"}, as above), got ${words.size > 0 ? "numbers" : "words"}.`,
        { file: name, row: row - count + 1 },
      );
    }
    const places = classNames?.map((word) => {
      if (!words.has(word)) words.set(word, words.size);
      return words.get(word)!;
    });
    const out = new Float32Array(count * columns);
    for (let i = 0; i < count; i++) {
      out.set(inputs.subarray(i * features, (i + 1) * features), i * columns);
      const target = places ? places[targets[i]!]! : targets[i]!;
      out[i * columns + features] = target;
      if (target > most) most = target;
    }
    await write(new Uint8Array(out.buffer));
    rows += count;
  }
  if (rows === 0) throw new DataError("no-samples", `${name}: has no samples.`, { file: name });
  return { rows, columns, words: [...words.keys()], most };
}

/** The inputs and the labels of rows whose last number is the label. */
function apart(rows: Float32Array, columns: number): { inputs: Float32Array; labels: Float32Array } {
  const count = rows.length / columns;
  const inputs = new Float32Array(count * (columns - 1));
  const labels = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    inputs.set(rows.subarray(i * columns, (i + 1) * columns - 1), i * (columns - 1));
    labels[i] = rows[(i + 1) * columns - 1]!;
  }
  return { inputs, labels };
}
