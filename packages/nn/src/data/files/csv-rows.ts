import Papa from "papaparse";
import { FormatError } from "../../errors.js";
import { type FileInput, openFile } from "./open-file.js";
import { piecesOf, type Seekable } from "./seekable.js";

/** How much text has no whole row before it is thought to have an open quotation mark. */
const LONGEST_ROW = 64 * 1024 * 1024;

export interface CsvRowsOptions {
  /** What parts cells; default: found in the first rows. */
  readonly delimiter?: string;
}

/**
 * The rows of a table that need not fit in memory, some thousands at a time, as cells; empty lines are left out. The file is UTF-8, as it is or
 * with gzip, a path or a page's `File`.
 *
 * ```ts
 * for await (const rows of csvRows("visits.csv.gz")) for (const cells of rows) count(cells);
 * ```
 * @throws {FormatError} `csv-not-text`, `csv-quotes`, `gzip-damaged`, `gzip-too-large`. @throws {PlatformError} `file-missing`, `file-unreadable`, `no-files`.
 */
export async function* csvRows(
  input: FileInput,
  options: CsvRowsOptions = {},
): AsyncGenerator<readonly (readonly string[])[]> {
  const file = await openFile(input);
  try {
    yield* rowsOf(file, options.delimiter);
  } finally {
    await file.close();
  }
}

/** The same of a file that is open, and stays so. */
export async function* rowsOf(
  file: Seekable,
  delimiter?: string,
): AsyncGenerator<readonly (readonly string[])[]> {
  let parts = delimiter;
  let row = 0;
  for await (const text of wholeLines(file)) {
    const { data, errors, meta } = Papa.parse<string[]>(text, {
      skipEmptyLines: "greedy",
      ...(parts !== undefined && { delimiter: parts }),
    });
    const open = errors.find(({ type }) => type === "Quotes");
    if (open) throw openQuote(file.name, row + (open.row ?? 0) + 1);
    // What parts the first rows parts all.
    if (data.length > 0) parts ??= meta.delimiter;
    row += data.length;
    yield data;
  }
}

/** The text in pieces that end where a line does, outside of quotation marks. */
async function* wholeLines(file: Seekable): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw new FormatError(
        "csv-not-text",
        `${file.name}: is not UTF-8 text; save the table as CSV in UTF-8.`,
        { file: file.name, cause },
      );
    }
  };
  let text = "";
  for await (const bytes of piecesOf(file)) {
    text += decode(bytes);
    const end = lastLineEnd(text);
    if (end === 0) {
      if (text.length > LONGEST_ROW) throw openQuote(file.name, undefined);
      continue;
    }
    yield text.slice(0, end);
    text = text.slice(end);
  }
  text += decode();
  if (text !== "") yield text;
}

/** Behind the last line's end before which every quotation mark has its other. */
function lastLineEnd(text: string): number {
  let end = 0;
  for (let line = 0, quotes = 0; line < text.length; ) {
    const next = text.indexOf("\n", line) + 1;
    if (next === 0) break;
    for (let at = text.indexOf('"', line); at >= 0 && at < next; at = text.indexOf('"', at + 1)) quotes++;
    if (quotes % 2 === 0) end = next;
    line = next;
  }
  return end;
}

function openQuote(file: string, row: number | undefined): FormatError {
  const where = row === undefined ? "it" : `row ${row}`;
  return new FormatError("csv-quotes", `${file}: ${where} has a quotation mark that is not closed.`, {
    file,
    ...(row !== undefined && { row }),
  });
}
