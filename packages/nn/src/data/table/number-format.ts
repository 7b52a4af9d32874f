import type { NumberFormat } from "../../schema/data-schema.js";

/** A number as programs write it. */
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const [ZERO, NINE, POINT] = [0x30, 0x39, 0x2e];
/** `+`, `-`, `E` and `e`. */
const SIGNS: readonly number[] = [0x2b, 0x2d, 0x45, 0x65];

export const PLAIN_FORMAT: NumberFormat = { decimal: ".", group: "" };

/** The formats that people write, in the order in which they are tried: `1234.5`, `1,234.5`, `1 234,5`, `1'234.5`, `1.234,5`, `1234,5`. */
const FORMATS: readonly NumberFormat[] = [
  PLAIN_FORMAT,
  { decimal: ".", group: "," },
  { decimal: ".", group: "'" },
  { decimal: ".", group: " " },
  { decimal: ",", group: "" },
  { decimal: ",", group: " " },
  { decimal: ",", group: "." },
];

/** Signs that stand beside a number and say only what it counts. */
const UNITS = /^[$€£¥₩]\s*|\s*[$€£¥₩%]$/g;

/** A number below 0 as accounts write it: (5.50). */
const ACCOUNT = /^\(([^()+-]+)\)$/;

/**
 * The number that a cell holds when it is written in a format, NaN for what is none. JavaScript alone would take an empty cell for 0 and read
 * hexadecimal. A currency's sign or `%` beside it is passed over; in parentheses, as accounts have it, it is below 0.
 */
export function readNumber(cell: string, { decimal, group }: NumberFormat): number {
  let digits = false;
  let points = false;
  let others = false;
  for (let i = 0; i < cell.length; i++) {
    const code = cell.charCodeAt(i);
    if (code >= ZERO && code <= NINE) digits = true;
    else if (code === POINT) points = true;
    else if (!SIGNS.includes(code)) others = true;
  }
  if (!digits) return Number.NaN;
  // Of these characters alone, what JavaScript takes for a number is one. Of `1.234` and `1,234` the format knows which is meant.
  if (!others && (decimal === "." || !points)) return Number(cell);
  const below = ACCOUNT.exec(cell);
  let text = (below ? below[1]! : cell).replace(UNITS, "").replace(/\u2212/g, "-");
  if (group !== "") {
    const parts = text.replace(/[\u00a0\u202f]/g, " ").split(decimal);
    if (parts.length > 2 || (parts[1]?.includes(group) ?? false)) return Number.NaN;
    const whole = parts[0]!;
    if (whole.includes(group)) {
      const [first = "", ...rest] = whole.replace(/^[+-]/, "").split(group);
      if (!/^\d{1,3}$/.test(first) || !rest.every((three) => /^\d{3}$/.test(three))) return Number.NaN;
      text = whole.split(group).join("") + (parts.length === 2 ? `${decimal}${parts[1]}` : "");
    }
  }
  if (decimal === ",") {
    if (text.includes(".")) return Number.NaN;
    text = text.replace(",", ".");
  }
  if (!PLAIN.test(text)) return Number.NaN;
  return below ? -Number(text) : Number(text);
}

/** How well a format reads a column. */
export interface FormatFit {
  readonly format: NumberFormat;
  /** How many of the cells are numbers in it. */
  readonly numbers: number;
}

/** The format in which most of the cells are numbers: the first of equals, or `preferred` where it is one of them. */
export function bestFormat(cells: readonly string[], preferred?: NumberFormat): FormatFit {
  let best: FormatFit = { format: PLAIN_FORMAT, numbers: -1 };
  const tried = preferred ? [preferred, ...FORMATS] : FORMATS;
  for (const format of tried) {
    let numbers = 0;
    for (const cell of cells) if (Number.isFinite(readNumber(cell, format))) numbers++;
    if (numbers > best.numbers) best = { format, numbers };
    if (numbers === cells.length) break;
  }
  return best;
}

/**
 * What a table's numbers show of how all of them are written: `12,5` or `1.234,5` has a decimal comma, `12.5` a point. Undefined where nothing
 * is told apart, as by `1,234`.
 */
export function decimalShownBy(cells: Iterable<string>): "." | "," | undefined {
  let comma = 0;
  let point = 0;
  for (const cell of cells) {
    if (/^[+-]?(\d+|\d{1,3}(\.\d{3})+),(\d{1,2}|\d{4,})(e[+-]?\d+)?$/i.test(cell)) comma++;
    else if (/^[+-]?(\d+|\d{1,3}(,\d{3})+)?\.(\d{1,2}|\d{4,})(e[+-]?\d+)?$/i.test(cell)) point++;
  }
  if (comma === point) return undefined;
  return comma > point ? "," : ".";
}
