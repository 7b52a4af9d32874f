import Papa from "papaparse";
import { ConfigError, DataError, FormatError, requireOneOf } from "../../errors.js";
import type { Dataset } from "../dataset.js";
import { maximumScaling, standardScaling } from "../scaling.js";
import { CsvTable } from "./csv-table.js";

export interface CsvOptions {
  /** Which column holds the label: its position from 0, or its name in the header. Default 0, as in the lessons' files. */
  readonly labelColumn?: number | string;
  /** Whether the first row holds names. "auto" looks for words where numbers should be. Default "auto". */
  readonly header?: "auto" | boolean;
  /** How values become inputs: over the table's largest magnitude (default, as in the lessons), standardised, or as is. */
  readonly scaling?: "maximum" | "standard" | "none";
  /** "classes" (default): whole numbers from 0, or words, each its own class. "values": any number, for regression. */
  readonly labels?: "classes" | "values";
  /** What errors call the file. */
  readonly name?: string;
}

/**
 * Reads a table of numbers with a label column: inputs [rows, columns − 1]; empty lines are skipped.
 * Whole numbers from 0 to 255 throughout are kept as bytes. Rows (lines of data, header included) and columns count from 1.
 *
 * @throws {DataError} `csv-ragged`, `csv-not-a-number`, `csv-label`, `no-samples`; {FormatError} `csv-not-text`,
 * `csv-quotes`; {ConfigError} `label-column-unknown`
 */
export function readCsv(source: string | Uint8Array, options: CsvOptions = {}): Dataset {
  const { labelColumn = 0, header = "auto", scaling = "maximum", labels = "classes", name = "CSV" } = options;
  requireOneOf(name, "scaling", scaling, ["maximum", "standard", "none"]);
  requireOneOf(name, "labels", labels, ["classes", "values"]);
  const text = typeof source === "string" ? source : decodeText(source, name);
  const { first, delimiter } = glance(text);
  if (first.length === 0) throw new DataError("no-samples", `${name}: has no samples.`, { file: name });
  const withHeader = header === "auto" ? looksLikeHeader(first, labelColumn) : header;
  const names = withHeader ? first[0]!.map((cell) => cell.trim()) : undefined;
  const label = labelPosition(labelColumn, first[0]!.length, names, name);
  const table = new CsvTable(name, first[0]!.length, label, labels, names);
  parseRows(text, delimiter, name, (cells, row) => {
    if (row > 1 || !withHeader) table.add(cells, row);
  });
  const { inputs, targets, classNames, rows, features } = table.finish();
  return {
    name,
    inputs: { data: inputs, shape: [rows, features] },
    labels: { data: targets, shape: labels === "values" ? [rows, 1] : [rows] },
    scaling:
      scaling === "maximum"
        ? maximumScaling(inputs)
        : scaling === "standard"
          ? standardScaling(inputs, features)
          : { kind: "none" },
    ...(classNames ? { classNames } : {}),
  };
}

function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError("csv-not-text", `${name}: is not UTF-8 text; save the table as CSV in UTF-8.`, {
      file: name,
      cause,
    });
  }
}

/** Up to two rows, enough to tell a header, and what separates the cells. */
function glance(text: string): { readonly first: string[][]; readonly delimiter: string } {
  const { data, meta } = Papa.parse<string[]>(text, { preview: 2, skipEmptyLines: "greedy" });
  return { first: data, delimiter: meta.delimiter };
}

/** Calls `take` with every row and its number among the rows that are not empty. */
function parseRows(
  text: string,
  delimiter: string,
  name: string,
  take: (cells: string[], row: number) => void,
): void {
  let row = 0;
  let failure: unknown;
  Papa.parse<string[]>(text, {
    delimiter,
    skipEmptyLines: "greedy",
    step: (result, parser) => {
      row += 1;
      try {
        const quotes = result.errors.find((error) => error.type === "Quotes");
        if (quotes) {
          throw new FormatError(
            "csv-quotes",
            `${name}: row ${row} has a quotation mark that is not closed.`,
            {
              file: name,
              row,
            },
          );
        }
        take(result.data, row);
      } catch (error) {
        failure = error;
        parser.abort();
      }
    },
  });
  if (failure !== undefined) throw failure;
}

function isNumber(cell: string | undefined): boolean {
  return cell !== undefined && cell.trim() !== "" && !Number.isNaN(Number(cell));
}

/**
 * A header has no number in its columns of values; or, since names of columns may be numbers, a word above the first label
 * and no name twice. One word among numbers is no header but a fault, to be reported.
 */
export function looksLikeHeader(rows: readonly string[][], labelColumn: number | string): boolean {
  if (typeof labelColumn === "string") return true;
  const [first = [], second] = rows;
  const at = labelColumn < 0 ? first.length + labelColumn : labelColumn;
  const values = first.filter((_, column) => column !== at);
  if (values.length > 0 && !values.some(isNumber)) return true;
  return !isNumber(first[at]) && isNumber(second?.[at]) && new Set(values).size === values.length;
}

/** Where the label's column is, from 0. @throws {ConfigError} `label-column-unknown` */
export function labelPosition(
  column: number | string,
  columns: number,
  names: readonly string[] | undefined,
  file: string,
): number {
  if (typeof column === "string") {
    const position = names?.indexOf(column) ?? -1;
    if (position >= 0) return position;
    const known = names
      ? `its columns are ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}`
      : "it has no header";
    throw new ConfigError("label-column-unknown", `${file}: has no column "${column}"; ${known}.`);
  }
  const position = column < 0 ? columns + column : column;
  if (Number.isInteger(position) && position >= 0 && position < columns) return position;
  throw new ConfigError(
    "label-column-unknown",
    `${file}: labelColumn must be in [${-columns}, ${columns - 1}], got ${column}.`,
  );
}
