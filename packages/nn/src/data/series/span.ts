import { ConfigError } from "../../errors.js";

/** A length of time in days, or a number of rows. */
export interface Span {
  readonly unit: "days" | "rows";
  readonly length: number;
}

const MINUTES: Readonly<Record<string, number>> = { min: 1, h: 60, d: 1440, w: 10_080 };

/**
 * Reads a length: `30d`, `12h`, `2w` or `15min` of time, `30` rows.
 * @throws {ConfigError} `span-invalid`
 */
export function readSpan(owner: string, name: string, given: string | number): Span {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(min|h|d|w)?$/.exec(String(given).trim()) ?? [];
  const length = Number(digits);
  const isRows = unit === undefined;
  if (digits !== undefined && length > 0 && length <= 1e6 && (!isRows || Number.isInteger(length)))
    return isRows ? { unit: "rows", length } : { unit: "days", length: (length * MINUTES[unit]!) / 1440 };
  throw new ConfigError(
    "span-invalid",
    `${owner}: expected ${name} as a length of time such as 30d, 12h, 2w or 15min, or as a number of rows such as 30, got ${JSON.stringify(String(given).slice(0, 60))}.`,
  );
}

/** `30 days`, `1 row`, `6 hours`. */
export function showSpan({ unit, length }: Span): string {
  if (unit === "rows") return counted(length, "row");
  if (length >= 1) return counted(round(length), "day");
  if (length * 24 >= 1) return counted(round(length * 24), "hour");
  return counted(round(length * 1440), "minute");
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
