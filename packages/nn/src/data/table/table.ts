/** A table as text: what a file, or a list of objects, is before anybody asks what its columns mean. */
export interface Table {
  /** What errors and logs call it. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly TextColumn[];
  /** Whether the columns have names of their own; without, they are called by their position from 0. */
  readonly header: boolean;
  /** What separates the cells, where the table was a text of separated cells. */
  readonly delimiter?: string;
  /** What was noticed while it was read, in sentences: another encoding, names that occur twice. */
  readonly notes: readonly string[];
}

/** A column's name and its cells, from the first row of data to the last, without the blanks around them. */
export interface TextColumn {
  readonly name: string;
  readonly cells: readonly string[];
  /** The first of them, where to have all takes long, as in a table that is kept on the disk. */
  readonly head?: readonly string[];
}

/** The row's number as an editor counts the lines that are not empty, from 1 and with the header. */
export function rowNumber(table: Pick<Table, "header">, row: number): number {
  return row + (table.header ? 2 : 1);
}

/** How cells say that nothing is known. */
const EMPTY = /^(|na|n\/a|#n\/a|nan|null|\?)$/i;

/** Whether a cell says that there is no value: nothing, NA, n/a, NaN, null or ?, in any case. */
export function isEmpty(cell: string): boolean {
  // Most cells begin with a digit.
  if (cell.length > 4 || (cell !== "" && cell < ":" && cell >= "0")) return false;
  return EMPTY.test(cell);
}

/** The column of that name. */
export function findColumn(table: Pick<Table, "columns">, name: string): TextColumn | undefined {
  return table.columns.find((column) => column.name === name);
}

/** `"a", "b" and 3 more`: never a list as long as the table is wide. */
export function listNames(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
