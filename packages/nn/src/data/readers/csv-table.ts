import { DataError, showValue } from "../../errors.js";

/** Rows that room is made for at first. */
const FIRST_ROWS = 1024;

/** What a table of numbers becomes. */
export interface FinishedTable {
  readonly inputs: Uint8Array | Float32Array;
  readonly targets: Uint8Array | Uint32Array | Float32Array;
  readonly classNames?: string[];
  readonly rows: number;
  readonly features: number;
}

/** Takes the rows of a CSV one by one, checks every cell and keeps the values compactly. */
export class CsvTable {
  readonly #name: string;
  readonly #columns: number;
  readonly #label: number;
  readonly #kind: "classes" | "values";
  readonly #names: readonly string[] | undefined;
  #values = new Float32Array(0);
  #rows = 0;
  /** Every value so far is a whole number from 0 to 255. */
  #bytes = true;
  readonly #labels: number[] = [];
  readonly #words: string[] = [];

  constructor(
    name: string,
    columns: number,
    label: number,
    kind: "classes" | "values",
    names: readonly string[] | undefined,
  ) {
    this.#name = name;
    this.#columns = columns;
    this.#label = label;
    this.#kind = kind;
    this.#names = names;
    if (columns < 2) {
      throw new DataError(
        "csv-ragged",
        `${name}: has ${columns} column; expected a label and at least one value, separated by commas.`,
        { file: name, row: 1 },
      );
    }
  }

  /** Adds row number `row` (from 1, for messages). */
  add(cells: readonly string[], row: number): void {
    if (cells.length !== this.#columns) {
      throw new DataError(
        "csv-ragged",
        `${this.#name}: row ${row} has ${cells.length} columns where the first has ${this.#columns}; complete it or take it out.`,
        { file: this.#name, row },
      );
    }
    const features = this.#columns - 1;
    if ((this.#rows + 1) * features > this.#values.length) this.#grow(features);
    let at = this.#rows * features;
    for (let column = 0; column < this.#columns; column++) {
      const cell = cells[column]!;
      if (column === this.#label) this.#addLabel(cell, row);
      else this.#values[at++] = this.#number(cell, row, column);
    }
    this.#rows += 1;
  }

  finish(): FinishedTable {
    const rows = this.#rows;
    if (rows === 0) throw new DataError("no-samples", `${this.#name}: has no samples.`, { file: this.#name });
    const features = this.#columns - 1;
    const values = this.#values.subarray(0, rows * features);
    const inputs = this.#bytes ? Uint8Array.from(values) : values.slice();
    if (this.#kind === "values") return { inputs, targets: Float32Array.from(this.#labels), rows, features };
    if (this.#words.length > 0) {
      const classNames = [...new Set(this.#words)].sort();
      const index = new Map(classNames.map((word, position) => [word, position]));
      return {
        inputs,
        targets: narrow(this.#words.map((word) => index.get(word)!)),
        classNames,
        rows,
        features,
      };
    }
    return { inputs, targets: narrow(this.#labels), rows, features };
  }

  #grow(features: number): void {
    const rows = Math.max(FIRST_ROWS, Math.ceil(this.#rows * 1.6));
    const larger = new Float32Array(rows * features);
    larger.set(this.#values.subarray(0, this.#rows * features));
    this.#values = larger;
  }

  #number(cell: string, row: number, column: number): number {
    const value = toNumber(cell);
    if (!Number.isFinite(Math.fround(value))) throw this.#notANumber(cell, row, column, "a finite number");
    if (this.#bytes && (value !== (value & 255) || Object.is(value, -0))) this.#bytes = false;
    return value;
  }

  #addLabel(cell: string, row: number): void {
    const column = this.#label;
    const value = toNumber(cell);
    if (this.#kind === "values") {
      if (!Number.isFinite(Math.fround(value))) throw this.#notANumber(cell, row, column, "a finite number");
      this.#labels.push(value);
      return;
    }
    const word = cell.trim();
    const isWord = Number.isNaN(value) && word !== "" && !/^([+-]?inf(inity)?|nan|null)$/i.test(word);
    if (isWord && this.#labels.length === 0) this.#words.push(word);
    else if (this.#words.length === 0 && Number.isInteger(value) && value >= 0 && value < 0x1_0000_0000)
      this.#labels.push(value);
    else {
      throw new DataError(
        "csv-label",
        `${this.#name}: row ${row}, ${this.#columnName(column)}: expected a class (${this.#words.length > 0 ? "a word, as above" : "a whole number from 0"}), got ${showValue(cell)}.`,
        { file: this.#name, row, column: column + 1 },
      );
    }
  }

  #notANumber(cell: string, row: number, column: number, wanted: string): DataError {
    return new DataError(
      "csv-not-a-number",
      `${this.#name}: row ${row}, ${this.#columnName(column)}: expected ${wanted}, got ${showValue(cell)}.`,
      { file: this.#name, row, column: column + 1 },
    );
  }

  #columnName(column: number): string {
    const name = this.#names?.[column];
    return name ? `column ${column + 1} ("${name}")` : `column ${column + 1}`;
  }
}

/** NaN for what is no number; JavaScript alone would take an empty cell for 0 and read hexadecimal. */
function toNumber(cell: string): number {
  const text = cell.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function narrow(labels: readonly number[]): Uint8Array | Uint32Array {
  return labels.every((label) => label < 256) ? Uint8Array.from(labels) : Uint32Array.from(labels);
}
