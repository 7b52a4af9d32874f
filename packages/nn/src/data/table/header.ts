import { PLAIN_FORMAT, readNumber } from "./number-format.js";
import { isEmpty } from "./table.js";

/**
 * Whether the first row of a table names its columns.
 *
 * It does when it counts them from 0, as a table that was saved from an array without names does, or begins with an empty cell in front of
 * such; or when it says words where the rows below say numbers. A row of words above rows of words is a header when none of them comes again
 * below it. A row that has a word in one column of numbers and a number in another is data with a fault in it, unless those numbers count on,
 * as years do. With names that are `known`, it is a header when one of them is among its cells.
 */
export function isHeader(
  first: readonly string[],
  body: readonly (readonly string[])[],
  known?: ReadonlySet<string>,
): boolean {
  if (known && first.some((cell) => known.has(cell) && !isNumber(cell))) return true;
  if (countsColumns(first)) return body.length > 0;
  const named = first.filter((cell) => cell !== "");
  if (named.length === 0) return false;
  // Tables that were put one after the other have their names again further down.
  const others = body.filter((row) => !first.every((cell, i) => cell === row[i]));
  const kinds = first.map((cell, column) => compare(cell, column, others.length > 0 ? others : body));
  const numbersAbove = first.filter((_, i) => kinds[i] === "number above numbers").map(Number);
  if (kinds.includes("word above numbers")) return numbersAbove.length === 0 || countsOn(numbersAbove);
  if (others.length < body.length || kinds.includes("word that comes again") || first.some(isNumber))
    return false;
  return new Set(named).size === named.length;
}

type Comparison = "word above numbers" | "number above numbers" | "word that comes again" | "nothing told";

/** What a column's first cell is beside the cells below it. */
function compare(cell: string, column: number, body: readonly (readonly string[])[]): Comparison {
  const below = body.map((row) => row[column] ?? "").filter((other) => !isEmpty(other));
  const areNumbers = below.length > 0 && below.every(isNumber);
  if (areNumbers && isNumber(cell)) return "number above numbers";
  if (areNumbers && !isEmpty(cell)) return "word above numbers";
  return cell !== "" && below.includes(cell) ? "word that comes again" : "nothing told";
}

function isNumber(cell: string): boolean {
  return Number.isFinite(readNumber(cell, PLAIN_FORMAT)) || /^[+-]?\d+,\d+$/.test(cell);
}

/** 0, 1, 2, …, maybe behind the empty cell above row numbers. */
function countsColumns(cells: readonly string[]): boolean {
  const numbers = cells[0] === "" ? cells.slice(1) : cells;
  return numbers.length > 1 && numbers.every((cell, i) => cell === String(i));
}

/** Whole numbers, each one more than the last. */
function countsOn(numbers: readonly number[]): boolean {
  return (
    numbers.length > 1 &&
    numbers.every((x, i) => Number.isInteger(x) && (i === 0 || x === numbers[i - 1]! + 1))
  );
}

/** Names of columns: those that occur again get a number, which `notes` are told, and those that are missing their place. */
export function distinctNames(names: readonly string[], notes: string[]): string[] {
  const taken = new Set<string>();
  return names.map((given, i) => {
    const base = given === "" && i > 0 ? `column ${i + 1}` : given;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base} (${n})`;
    if (name !== base)
      notes.push(`the column ${JSON.stringify(base)} occurs again and is called ${JSON.stringify(name)}`);
    taken.add(name);
    return name;
  });
}
