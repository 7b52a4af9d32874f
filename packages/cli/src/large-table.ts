import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { FormatError, isGzip } from "@loam/nn";
import { csvRows } from "@loam/nn/data/files";
import {
  distinctNames,
  parseTable,
  type ReadTableOptions,
  raggedRow,
  type Table,
  type TextColumn,
} from "@loam/nn/data/table";
import { CommandError } from "./failure.js";
import { naming } from "./naming.js";

/** Smaller files are read at once: their cells take about fourteen times their size. Of packed ones, a quarter. */
const LARGE = 64 * 2 ** 20;
/** As many bytes as show how a table is written: its first rows; of a packed one fewer, since they may become a thousand times as many. */
const GLANCE = 4 * 2 ** 20;
const PACKED_GLANCE = 2 ** 18;
/** So many characters of cells are collected before they are written. */
const COLLECTED = 16 * 2 ** 20;
/** Columns that were asked for last are kept while all of them are no longer than this. */
const REMEMBERED = 16 * 2 ** 20;
/** Columns of few words have each of them once in memory. */
const FEW = 4096;
/** The cells of a column that show how its numbers are written. */
const HEAD = 1000;
/** Between cells; no text has it. */
const PART = "\0";

export interface LargeTableOptions extends Pick<ReadTableOptions, "known"> {
  /** Bytes from which on a file is large. */
  readonly large?: number;
  /** How many characters are collected, and remembered. */
  readonly piece?: number;
}

/**
 * Reads a large table from end to end and keeps its columns in a temporary file, one behind the other, from where each is read when its cells are
 * asked for. Undefined for what is to be read at once: files that are not large, JSON lines, and what is not UTF-8.
 * @throws as `readTable`; {CommandError} where there is no room for the columns.
 */
export async function readLargeTable(
  path: string,
  { known, large = LARGE, piece = COLLECTED }: LargeTableOptions = {},
): Promise<Table | undefined> {
  const { size } = await naming(path, stat(path));
  if (size < large / 4) return undefined;
  const { text, packed } = await glance(path);
  if ((!packed && size < large) || text === undefined || /^\s*[[{]/.test(text)) return undefined;
  const first = parseTable(text, { name: path, ...(known && { known }) });
  const columns = new ColumnFile(piece);
  try {
    await keepCells(path, first, text, columns);
  } catch (error) {
    // UTF-16 and the like are told by those who read all at once.
    if (error instanceof FormatError && error.code === "csv-not-text") return undefined;
    throw error;
  }
  const notes = [...first.notes];
  return { ...first, rows: columns.rows, columns: columns.finish(first, notes), notes };
}

/** The first whole lines, where they are UTF-8. */
async function glance(path: string): Promise<{ readonly text?: string; readonly packed: boolean }> {
  const file = await naming(path, open(path));
  try {
    const { buffer, bytesRead } = await naming(path, file.read(Buffer.alloc(GLANCE), 0, GLANCE, 0));
    const start = buffer.subarray(0, bytesRead);
    const packed = isGzip(start);
    const text = (packed ? unpackedStart(start) : start).toString("utf8").replace(/^\uFEFF/, "");
    const end = text.lastIndexOf("\n");
    return text.includes(PART) || end < 0 ? { packed } : { packed, text: text.slice(0, end + 1) };
  } finally {
    await file.close();
  }
}

/** Nothing of what is damaged, which is told by those who read all of it. */
function unpackedStart(bytes: Buffer): Buffer {
  try {
    const unpacked = gunzipSync(bytes.subarray(0, PACKED_GLANCE), { finishFlush: constants.Z_SYNC_FLUSH });
    return unpacked.subarray(0, GLANCE);
  } catch {
    return Buffer.alloc(0);
  }
}

async function keepCells(path: string, first: Table, text: string, columns: ColumnFile): Promise<void> {
  let row = /^"?sep=."?\r?\n/i.test(text) ? -1 : 0;
  let width = 0;
  for await (const rows of csvRows(path, { delimiter: first.delimiter! })) {
    for (const cells of rows) {
      row++;
      if (row === 0) continue;
      if (row === 1) {
        width = cells.length;
        columns.begin(width);
        if (first.header) continue;
      }
      const ragged = raggedRow(path, row, cells, width);
      if (ragged) throw ragged;
      columns.add(cells);
    }
    columns.write();
  }
}

/** A part of one column in the file. */
interface Part {
  readonly at: number;
  readonly bytes: number;
}

/** A file is closed when nothing reads it any more. */
const unused = new FinalizationRegistry<number>((file) => closeSync(file));

/** The columns of a table in a temporary file that is gone when the process is. */
class ColumnFile {
  readonly #file: number;
  readonly #piece: number;
  #collected: string[][] = [];
  #characters = 0;
  #parts: Part[][] = [];
  #heads: string[][] = [];
  #filled: boolean[] = [];
  #size = 0;
  /** Columns that were asked for, the last one at the end. */
  readonly #remembered = new Map<number, readonly string[]>();
  rows = 0;

  constructor(piece: number) {
    this.#piece = piece;
    this.#file = temporaryFile();
    unused.register(this, this.#file);
  }

  begin(width: number): void {
    const lists = () => Array.from({ length: width }, () => []);
    [this.#collected, this.#parts, this.#heads] = [lists(), lists(), lists()];
    this.#filled = new Array<boolean>(width).fill(false);
  }

  /** One row. */
  add(cells: readonly string[]): void {
    for (let i = 0; i < this.#collected.length; i++) {
      const cell = cells[i]!.trim();
      if (cell.includes(PART)) throw new FormatError("csv-not-text", "is not text");
      this.#collected[i]!.push(cell);
      this.#characters += cell.length + 1;
      if (cell !== "") this.#filled[i] = true;
    }
    this.rows++;
  }

  /** Writes what was collected, when it is enough. */
  write(enough = this.#piece): void {
    if (this.#characters < enough) return;
    for (const [i, cells] of this.#collected.entries()) {
      const head = this.#heads[i]!;
      if (head.length < HEAD) head.push(...cells.slice(0, HEAD - head.length));
      const bytes = Buffer.from(cells.join(PART));
      this.#put(bytes);
      this.#parts[i]!.push({ at: this.#size, bytes: bytes.length });
      this.#size += bytes.length;
      this.#collected[i] = [];
    }
    this.#characters = 0;
  }

  #put(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; )
        at += writeSync(this.#file, bytes, at, bytes.length - at, this.#size + at);
    } catch (cause) {
      throw noRoom(cause);
    }
  }

  /** The columns, with the names of the first rows; one that had nothing there and has something below gets its place for a name. */
  finish({ columns, header }: Pick<Table, "columns" | "header">, notes: string[]): TextColumn[] {
    if (this.#characters > 0) this.write(0);
    const names = columns.map(({ name }) => name);
    let width = this.#filled.length;
    while (width > names.length && !this.#filled[width - 1]) width--;
    const given = Array.from({ length: width }, (_, i) => names[i] ?? (header ? "" : String(i)));
    return distinctNames(given, notes).map((name, i) => this.#column(name, i));
  }

  #column(name: string, i: number): TextColumn {
    const read = () => this.#cells(i);
    return {
      name,
      head: this.#heads[i]!,
      get cells() {
        return read();
      },
    };
  }

  #cells(column: number): readonly string[] {
    const known = this.#remembered.get(column);
    this.#remembered.delete(column);
    const cells = known ?? this.#read(column);
    this.#remembered.set(column, cells);
    const bytesOf = (i: number) => this.#parts[i]!.reduce((sum, { bytes }) => sum + bytes, 0);
    let bytes = [...this.#remembered.keys()].reduce((sum, i) => sum + bytesOf(i), 0);
    for (const first of this.#remembered.keys()) {
      if (bytes <= REMEMBERED || first === column) break;
      this.#remembered.delete(first);
      bytes -= bytesOf(first);
    }
    return cells;
  }

  #read(column: number): readonly string[] {
    const cells = new Array<string>(this.rows);
    const words = new Map<string, string>();
    let row = 0;
    for (const { at, bytes } of this.#parts[column]!) {
      const buffer = Buffer.allocUnsafe(bytes);
      for (let read = 0; read < bytes; ) {
        const count = readSync(this.#file, buffer, read, bytes - read, at + read);
        if (count === 0)
          throw new CommandError("The temporary file of a table's columns has become shorter.");
        read += count;
      }
      for (const cell of buffer.toString("utf8").split(PART)) {
        const known = words.size < FEW ? words.get(cell) : cell;
        if (known === undefined) words.set(cell, cell);
        cells[row++] = known ?? cell;
      }
    }
    return cells;
  }
}

function temporaryFile(): number {
  try {
    const folder = mkdtempSync(join(tmpdir(), "loam-table-"));
    const file = openSync(join(folder, "columns"), "wx+");
    // What is open can be read without a name, and is gone with the process however that ends.
    rmSync(folder, { recursive: true, force: true });
    return file;
  } catch (cause) {
    throw noRoom(cause);
  }
}

function noRoom(cause: unknown): CommandError {
  return new CommandError(
    `${tmpdir()}: a large table's columns cannot be kept there: ${cause instanceof Error ? cause.message : String(cause)}; TMPDIR names another folder.`,
  );
}
