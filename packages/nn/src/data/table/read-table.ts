import Papa from "papaparse";
import { DataError, FormatError } from "../../errors.js";
import { gunzip, isGzip } from "../readers/gzip.js";
import { decodeText } from "./decode-text.js";
import { distinctNames, isHeader } from "./header.js";
import type { Table, TextColumn } from "./table.js";
import { parseJsonLines, tableOfObjects } from "./table-of-objects.js";

/** What separates cells, in the order in which equals are preferred. */
const DELIMITERS = [",", ";", "\t", "|"] as const;
/** Rows that are looked at to find out how a table is written. */
const GLANCE = 200;

export interface ReadTableOptions {
  /** What errors call the table; default "table". */
  readonly name?: string;
  /** Whether the first row holds names. "auto" (default) finds out. */
  readonly header?: "auto" | boolean;
  /** Names that the table may have: a first row with one of them is a header. */
  readonly known?: Iterable<string>;
}

/** A text, a file's bytes, a `File` of a page, or rows as objects. */
export type TableSource = string | Uint8Array | Blob | readonly object[];

/**
 * Reads a table, whatever wrote it: CSV, TSV, `;` or `|`, with quotes, a `sep=` line, an encoding's mark, CRLF, UTF-8, UTF-16 or Windows-1252,
 * gzip; JSON lines, or a JSON list of objects; or rows as objects. Empty lines and a last column without a name and a cell are passed over.
 *
 * Cells stay text: what columns mean is found out by who uses the table. Names that occur twice get a number, with a note.
 * @throws {DataError} `csv-ragged` naming a row that is longer or shorter than the first, `no-samples`, `row-not-an-object`; {FormatError}
 * `csv-not-text`, `csv-quotes`, `json-lines-invalid`, and those of gzip.
 */
export async function readTable(source: TableSource, options: ReadTableOptions = {}): Promise<Table> {
  const { name = source instanceof Blob && "name" in source ? String(source.name) : "table" } = options;
  if (typeof source === "string") return parseTable(source, options);
  if (Array.isArray(source)) return tableOfObjects(source, name);
  let bytes = source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : (source as Uint8Array);
  if (isGzip(bytes)) bytes = await gunzip(bytes, name);
  const { text, encoding } = decodeText(bytes, name);
  const table = parseTable(text, { ...options, name });
  if (encoding === "UTF-8") return table;
  return { ...table, notes: [`read as ${encoding}`, ...table.notes] };
}

/** `readTable` for a text. */
export function parseTable(text: string, options: ReadTableOptions = {}): Table {
  const { name = "table", header = "auto", known } = options;
  const body = text.replace(/^\uFEFF/, "");
  if (/^\s*[[{]/.test(body)) return tableOfObjects(parseJsonLines(body, name), name);
  if (/^\s*<(!doctype|html|\?xml)\b/i.test(body.slice(0, 200)))
    throw new FormatError(
      "csv-not-text",
      `${name}: is a web page or XML, not a table; save the table as CSV in UTF-8.`,
      {
        file: name,
      },
    );
  const { delimiter, start } = dialectOf(body);
  const rows = start === 0 ? body : body.slice(start);
  const glance = parsePreview(rows, delimiter).map((row) => row.map((cell) => cell.trim()));
  const [first, ...others] = glance;
  if (first === undefined) throw new DataError("no-samples", `${name}: is empty.`, { file: name });
  const withHeader = header === "auto" ? isHeader(first, others, known && new Set(known)) : header;
  const cells = parseRows(rows, delimiter, name);
  const width = cells.length;
  const notes: string[] = [];
  const names = withHeader
    ? distinctNames(first.slice(0, width), notes)
    : Array.from({ length: width }, (_, i) => String(i));
  const columns: TextColumn[] = names.map((column, i) => ({
    name: column,
    cells: withHeader ? cells[i]!.slice(1) : cells[i]!,
  }));
  if (columns[0]!.cells.length === 0)
    throw new DataError("no-samples", `${name}: has names of columns, and no rows below them.`, {
      file: name,
    });
  return { name, rows: columns[0]!.cells.length, columns, header: withHeader, delimiter, notes };
}

/** What separates the cells, said by the first line (`sep=;`) or found: where most rows have as many cells as the first. */
function dialectOf(text: string): { readonly delimiter: string; readonly start: number } {
  const said = /^"?sep=(.)"?\r?\n/i.exec(text);
  if (said) return { delimiter: said[1]!, start: said[0].length };
  let best: { delimiter: string; agree: number; width: number } = { delimiter: ",", agree: 0, width: 1 };
  for (const delimiter of DELIMITERS) {
    const rows = parsePreview(text, delimiter);
    const width = rows[0]?.length ?? 0;
    if (width < 2) continue;
    const agree = rows.filter((row) => row.length === width).length / rows.length;
    if (agree > best.agree || (agree === best.agree && width > best.width))
      best = { delimiter, agree, width };
  }
  return { delimiter: best.delimiter, start: 0 };
}

function parsePreview(text: string, delimiter: string): string[][] {
  return Papa.parse<string[]>(text, { delimiter, preview: GLANCE, skipEmptyLines: "greedy" }).data;
}

/** The trimmed cells of every row, by columns. */
function parseRows(text: string, delimiter: string, name: string): string[][] {
  let columns: string[][] = [];
  let row = 0;
  let failure: unknown;
  Papa.parse<string[]>(text, {
    delimiter,
    skipEmptyLines: "greedy",
    step: ({ data, errors }, parser) => {
      row += 1;
      if (errors.some(({ type }) => type === "Quotes")) {
        failure = new FormatError(
          "csv-quotes",
          `${name}: row ${row} has a quotation mark that is not closed.`,
          { file: name, row },
        );
      } else if (row === 1) columns = data.map(() => []);
      else failure = raggedRow(name, row, data, columns.length);
      if (failure !== undefined) return parser.abort();
      for (let i = 0; i < columns.length; i++) columns[i]!.push(data[i]!.trim());
    },
  });
  if (failure !== undefined) throw failure;
  // A separator at the end of every line makes a column of nothing.
  while (columns.length > 1 && columns.at(-1)!.every((cell) => cell === "")) columns.pop();
  return columns;
}

/** What is wrong with a row, counted from 1, that is shorter than the first one, or longer by more than empty cells; undefined for one that fits. */
export function raggedRow(
  name: string,
  row: number,
  cells: readonly string[],
  width: number,
): DataError | undefined {
  const fits = cells.length >= width && cells.slice(width).every((cell) => cell.trim() === "");
  if (fits) return undefined;
  // What lies above the names of the columns is seldom as wide as these.
  if (row === 2 && 2 * width <= cells.length) {
    return new DataError(
      "csv-ragged",
      `${name}: row 2 has ${cells.length} columns where the first has ${width}; complete the first, or take it out where it is a title above the names of the columns.`,
      { file: name, row },
    );
  }
  return new DataError(
    "csv-ragged",
    `${name}: row ${row} has ${cells.length} columns where the first has ${width}; complete it or take it out.`,
    { file: name, row },
  );
}
