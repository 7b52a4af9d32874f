import type { DatePart, NumberEncoding, TableColumn } from "../../schema/data-schema.js";
import { readDate } from "./date-cells.js";
import { type ColumnFinding, distinctNumbers, MOST_DISTINCT } from "./find-columns.js";
import { readNumber } from "./number-format.js";
import { isEmpty } from "./table.js";

/**
 * How numbers become inputs: `standard` scales them, `quantile` takes quantiles; `pieces` does either, as suits the column, and adds inputs for pieces
 * of its range; `auto` is `pieces` where there are rows enough, and else without them.
 */
export type NumberScaling = "auto" | "standard" | "maximum" | "quantile" | "pieces";

/** Boundaries of a quantile encoding, at most. */
const QUANTILES = 64;
/** |skewness| from which `auto` takes quantiles; a normal distribution has 0, an exponential one 2. */
const SKEWED = 1;
/**
 * Pieces of a column's range, at most and at least, and how many rows each is to have, so that what it says is of more than chance. Inside the training rows
 * of housing, a network with 32 of them erred by 50,400 where one without did by 53,400 (13,200 rows), and four by 55,800 where they had by 58,600 (1,700);
 * with fewer rows to a piece, mpg (250 rows) got worse.
 */
const [FEWEST_PIECES, MOST_PIECES, ROWS_OF_PIECE] = [16, 32, 64];
/** Pieces of all columns together, at most: what the first layer then has is still small. */
const PIECES_OF_ALL = 2048;
/** Words of which a column has more are kept only where they occur more than once. */
const FEW_WORDS = 16;
/** The most words that a column has inputs for, the most frequent: at least so many, and more of few rows, up to 256 MB of them. */
const MOST_WORDS = 256;
const MOST_OF_FEW_ROWS = 1024;
const MOST_INPUTS = 2 ** 26;

/**
 * What the network needs to know of each column that it sees: means, deviations, medians and words of the rows `training`, and of no others.
 * A column that has no number or one value among these rows is left out, by `undefined`.
 */
export function fitColumns(
  findings: readonly ColumnFinding[],
  training: Uint32Array,
  scaling: NumberScaling,
): TableColumn[] {
  const largest = scaling === "maximum" ? largestOf(findings, training) : 0;
  const pieces = piecesOf(findings, training.length, scaling);
  return findings.flatMap((finding) => fitColumn(finding, training, { scaling, largest, pieces }) ?? []);
}

/** How numbers are encoded: `pieces` of each column's range, 0 for none, and the largest of all numbers where these are divided by it. */
interface HowNumbers {
  readonly scaling: NumberScaling;
  readonly largest: number;
  readonly pieces: number;
}

/** How many pieces each column of numbers is to have. */
function piecesOf(findings: readonly ColumnFinding[], rows: number, scaling: NumberScaling): number {
  if (scaling !== "auto" && scaling !== "pieces") return 0;
  const columns = findings.filter(({ kind }) => kind === "number").length;
  const room = Math.min(PIECES_OF_ALL, Math.floor(MOST_INPUTS / rows));
  const pieces = Math.min(MOST_PIECES, Math.floor(rows / ROWS_OF_PIECE), Math.floor(room / columns));
  return scaling === "pieces" ? Math.max(2, pieces) : pieces < FEWEST_PIECES ? 0 : pieces;
}

function fitColumn(finding: ColumnFinding, training: Uint32Array, how: HowNumbers): TableColumn | undefined {
  const { name, cells } = finding.column;
  let empty = 0;
  for (const row of training) if (isEmpty(cells[row]!)) empty++;
  const base = { name, flag: empty > 0 };
  switch (finding.kind) {
    case "number": {
      const { format, lenient } = finding;
      const values = numbersOf(finding, training);
      if (values.length === 0) return undefined;
      const flag = values.length < training.length;
      const encoding = encodingOf(values, how);
      const percent = inPercent(finding, training);
      return {
        ...{ name, flag, kind: "number", format, encoding, empty: quantile(values, 0.5) },
        ...(lenient && { lenient }),
        ...(percent && { percent }),
      };
    }
    case "boolean":
      return { ...base, kind: "boolean", yes: finding.yes, no: finding.no };
    case "word":
      return { ...base, kind: "word", words: wordsOf(cells, training) };
    case "date": {
      const days: number[] = [];
      for (const row of training) {
        const day = readDate(cells[row]!, finding.order);
        if (Number.isFinite(day)) days.push(day);
      }
      return { ...base, kind: "date", order: finding.order, parts: partsOf(days) };
    }
    default:
      return undefined;
  }
}

/** The numbers of the training rows, sorted. */
function numbersOf(finding: ColumnFinding & { kind: "number" }, training: Uint32Array): Float64Array {
  const { cells } = finding.column;
  const values = new Float64Array(training.length);
  let count = 0;
  for (const row of training) {
    const cell = cells[row]!;
    const value = isEmpty(cell) ? Number.NaN : readNumber(cell, finding.format);
    if (Number.isFinite(value)) values[count++] = value;
  }
  return values.subarray(0, count).sort();
}

/** Whether `%` stands behind every number of the training rows. */
function inPercent({ column: { cells }, format }: ColumnFinding & { kind: "number" }, training: Uint32Array) {
  for (const row of training) {
    const cell = cells[row]!;
    if (!cell.endsWith("%") && !isEmpty(cell) && Number.isFinite(readNumber(cell, format))) return false;
  }
  return true;
}

function largestOf(findings: readonly ColumnFinding[], training: Uint32Array): number {
  let largest = 0;
  for (const finding of findings) {
    if (finding.kind !== "number") continue;
    const values = numbersOf(finding, training);
    largest = Math.max(largest, Math.abs(values[0] ?? 0), Math.abs(values.at(-1) ?? 0));
  }
  return largest;
}

function encodingOf(sorted: Float64Array, { scaling, largest, pieces }: HowNumbers): NumberEncoding {
  if (scaling === "maximum") return { kind: "linear", shift: 0, scale: largest > 0 ? 1 / largest : 0 };
  const { mean, deviation, skewness } = momentsOf(sorted);
  const isFine = distinctNumbers(sorted, FEW_WORDS) > FEW_WORDS;
  const isSkewed = Math.abs(skewness) > SKEWED && isFine && scaling !== "standard";
  const whole =
    scaling === "quantile" || isSkewed
      ? ({ kind: "quantile", at: boundaries(sorted, QUANTILES) } as const)
      : linear(mean, deviation);
  const at = pieces > 0 && isFine ? apart(boundaries(sorted, pieces + 1)) : [];
  return at.length > 2 ? { kind: "pieces", whole, at } : whole;
}

/** Boundaries without those that do not lie above the one before. */
function apart(at: readonly number[]): number[] {
  const kept: number[] = [];
  for (const one of at) {
    const before = kept.at(-1);
    if (before === undefined || (one > before && Number.isFinite(one - before))) kept.push(one);
  }
  return kept;
}

/** (x − mean) / deviation as x · scale + shift; 0 for what never changed. */
export function linear(mean: number, deviation: number): NumberEncoding & { kind: "linear" } {
  const scale = deviation > 0 ? 1 / deviation : 0;
  return { kind: "linear", scale, shift: scale === 0 ? 0 : -mean * scale };
}

/** Mean, deviation and skewness in float64, two passes; the latter are 0 for what never changes, whatever rounding makes of the mean. */
export function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number; skewness: number } {
  const n = values.length;
  let mean = 0;
  let changes = false;
  for (let i = 0; i < n; i++) {
    mean += values[i]!;
    changes ||= values[i] !== values[0];
  }
  mean /= n;
  if (!changes) return { mean, deviation: 0, skewness: 0 };
  let second = 0;
  let third = 0;
  for (let i = 0; i < n; i++) {
    const d = values[i]! - mean;
    second += (d * d) / n;
    third += (d * d * d) / n;
  }
  const deviation = Math.sqrt(second);
  return { mean, deviation, skewness: third / (second * deviation) };
}

/** The value below which a share of the sorted values lies, between two of them where it falls there. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

/** Quantiles that part the sorted values into parts of like size, the least and the largest among them. */
function boundaries(sorted: Float64Array, most: number): number[] {
  const count = Math.min(most, sorted.length);
  return Array.from({ length: count }, (_, i) => quantile(sorted, count === 1 ? 0 : i / (count - 1)));
}

/** The words of a column, sorted; those that occur once, where there are many, have no input of their own, as words that were never seen. */
function wordsOf(cells: readonly string[], training: Uint32Array): string[] {
  const counts = new Map<string, number>();
  for (const row of training) {
    const cell = cells[row]!;
    if (isEmpty(cell)) continue;
    const count = counts.get(cell);
    // The most frequent are among the first millions.
    if (count !== undefined) counts.set(cell, count + 1);
    else if (counts.size < MOST_DISTINCT) counts.set(cell, 1);
  }
  let words = [...counts];
  if (words.length > FEW_WORDS) words = words.filter(([, count]) => count > 1);
  words.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return words
    .slice(0, Math.max(MOST_WORDS, Math.min(MOST_OF_FEW_ROWS, Math.floor(MOST_INPUTS / training.length))))
    .map(([word]) => word)
    .sort();
}

/** The parts of dates that differ. */
function partsOf(days: readonly number[]): DatePart[] {
  const parts: DatePart[] = [];
  const { mean, deviation } = momentsOf(days);
  if (deviation > 0) {
    const { shift, scale } = linear(mean, deviation);
    parts.push({ kind: "time", shift, scale });
  }
  const span =
    days.length === 0 ? 0 : days.reduce((a, b) => Math.max(a, b)) - days.reduce((a, b) => Math.min(a, b));
  if (span > 60) parts.push({ kind: "year" });
  if (span > 6) parts.push({ kind: "week" });
  if (days.some((day) => !Number.isInteger(day))) parts.push({ kind: "day" });
  return parts;
}
