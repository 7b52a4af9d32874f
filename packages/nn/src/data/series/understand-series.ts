import { ConfigError, DataError } from "../../errors.js";
import type { CalendarPart, DateOrder, NumberFormat } from "../../schema/data-schema.js";
import { YEAR } from "../table/encode-columns.js";
import {
  type ColumnFinding,
  type FindColumnsOptions,
  findColumns,
  requireColumns,
} from "../table/find-columns.js";
import { usualTarget } from "../table/find-task.js";
import { quantile } from "../table/fit-columns.js";
import { listNames, type Table } from "../table/table.js";
import { findSeason } from "./season.js";
import { readSeries, type Series } from "./series.js";
import { readSpan, showSpan } from "./span.js";
import type { WindowRule } from "./windows.js";

export interface SeriesOptions extends FindColumnsOptions {
  /** The column, or columns, of numbers to be forecast; default: one called label, target, class or y, or the only one of numbers. */
  readonly target?: string | readonly string[];
  /** The column that says when a row was measured; default: the first of dates. */
  readonly time?: string;
  /** How far ahead to forecast: `30d`, `12h`, `2w` of time, or `30` rows. */
  readonly horizon: string | number;
  /** How much of the past is looked at; default: a season and a tenth of one, or else three times the horizon and at least 16 rows. */
  readonly window?: string | number;
  /** How many rows, of the first ones, are looked at to find a season; default all. */
  readonly trainingRows?: number;
}

/** What a table is as a series, and what is to be forecast. */
export interface UnderstoodSeries {
  readonly table: Table;
  readonly series: Series;
  readonly time: { readonly name: string; readonly order: DateOrder } | undefined;
  readonly targets: readonly string[];
  /** The columns of numbers, as those of `series`. */
  readonly columns: readonly { readonly name: string; readonly format: NumberFormat }[];
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  readonly rule: WindowRule;
  readonly calendar: readonly CalendarPart[];
}

/** The most values of a column that a window has; a longer one takes every second, third … */
const MOST_LAGS = 512;
const FEWEST_ROWS = 16;

/**
 * Finds out what a table is as a series: its moments, its numbers, how far rows lie apart, after what time things repeat themselves.
 * @throws {ConfigError} `target-missing`, `column-unknown`, `time-missing` for a horizon of time where no column has dates, `span-invalid`,
 * `window-horizon` for one in time and the other in rows. @throws {DataError} as `readSeries`, `csv-label` for a target that is no number,
 * `series-short` where not one window is whole.
 */
export function understandSeries(table: Table, options: SeriesOptions): UnderstoodSeries {
  const { drop = [], types = {} } = options;
  const targets = targetsOf(table, options.target);
  const asNumbers = Object.fromEntries(targets.map((name) => [name, "number" as const]));
  requireColumns(table, [...targets, ...(options.time === undefined ? [] : [options.time])]);
  const findings = findColumns(table, { drop, types: { ...asNumbers, ...types } });
  const time = timeOf(table, findings, options.time);
  const numbers = findings.filter((finding) => finding.kind === "number");
  const columns = numbers.map(({ column, format }) => ({ name: column.name, format }));
  const chosen = targets.length > 0 ? targets : onlyNumber(table, columns);
  const strange = chosen.filter((name) => !columns.some((column) => column.name === name));
  if (strange.length > 0) {
    throw new DataError(
      "csv-label",
      `${table.name}: ${listNames(strange)} cannot be forecast, as it is no column of numbers.`,
      { file: table.name },
    );
  }
  const series = readSeries(table, { time, columns });
  const rule = ruleOf(series, chosen[0]!, options);
  return {
    table,
    series,
    time,
    targets: chosen,
    columns,
    leftOut: findings.flatMap((finding) =>
      finding.kind === "number" || finding.column.name === time?.name
        ? []
        : [{ name: finding.column.name, why: whyLeftOut(finding) }],
    ),
    rule,
    calendar: calendarOf(series, rule),
  };
}

function whyLeftOut(finding: ColumnFinding): string {
  return finding.kind === "identifier" || finding.kind === "left out" ? finding.why : "no numbers";
}

function targetsOf(table: Table, given: SeriesOptions["target"]): readonly string[] {
  if (given !== undefined) return typeof given === "string" ? [given] : given;
  const usual = usualTarget(table);
  return usual === undefined ? [] : [usual];
}

function onlyNumber(table: Table, columns: readonly { readonly name: string }[]): readonly string[] {
  if (columns.length === 1) return [columns[0]!.name];
  throw new ConfigError(
    "target-missing",
    `${table.name}: expected to be told which column is to be forecast, its target; ${columns.length === 0 ? "none has numbers" : `there are ${listNames(columns.map(({ name }) => name))}`}.`,
  );
}

function timeOf(table: Table, findings: readonly ColumnFinding[], given: string | undefined) {
  const finding = findings.find(
    ({ kind, column }) => kind === "date" && (given === undefined || column.name === given),
  );
  if (finding?.kind === "date") return { name: finding.column.name, order: finding.order };
  if (given === undefined) return undefined;
  throw new ConfigError(
    "time-missing",
    `${table.name}: the column ${JSON.stringify(given)} has no dates such as 2026-11-28 in every row, and cannot say when the rows were measured.`,
  );
}

function ruleOf(series: Series, target: string, options: SeriesOptions): WindowRule {
  const { name, days, length } = series;
  const horizon = readSpan(name, "the horizon", options.horizon);
  const given = options.window === undefined ? undefined : readSpan(name, "the window", options.window);
  const { unit } = horizon;
  if (unit === "days" && days === undefined) {
    throw new ConfigError(
      "time-missing",
      `${name}: has no column of dates such as 2026-11-28, by which ${showSpan(horizon)} could be counted; give the horizon in rows.`,
    );
  }
  if (given && given.unit !== unit) {
    throw new ConfigError(
      "window-horizon",
      `${name}: the window is ${showSpan(given)} and the horizon ${showSpan(horizon)}; give both in time or both in rows.`,
    );
  }
  const interval = unit === "rows" ? 1 : intervalOf(days!);
  const seen = Math.min(length, options.trainingRows ?? length);
  const shared = { unit, interval, horizon: horizon.length };
  const season = findSeason(series, target, shared, seen);
  const window = given?.length ?? usualWindow(series, shared, season, seen);
  const intervals = Math.max(1, Math.round(window / interval));
  const every = Math.ceil(intervals / MOST_LAGS);
  return {
    ...shared,
    step: every * interval,
    lags: Math.max(1, Math.floor(intervals / every)),
    ...(season !== undefined && { season }),
  };
}

/** How far two rows usually lie apart, in days. */
export function intervalOf(days: Float64Array): number {
  if (days.length < 2) return 1;
  const gaps = Float64Array.from({ length: days.length - 1 }, (_, at) => days[at + 1]! - days[at]!);
  return quantile(gaps.sort(), 0.5);
}

function usualWindow(
  { days }: Series,
  { unit, interval, horizon }: Pick<WindowRule, "unit" | "interval" | "horizon">,
  season: number | undefined,
  rows: number,
): number {
  const span = unit === "rows" ? rows : days![rows - 1]! - days![0]!;
  const wanted = season === undefined ? Math.max(3 * horizon, FEWEST_ROWS * interval) : 1.1 * season;
  return Math.max(interval, Math.min(wanted, span / 3));
}

/** Parts of the calendar that the series shows more than once, and of which it has more than one moment. */
function calendarOf({ days }: Series, { interval, unit }: WindowRule): CalendarPart[] {
  if (!days || days.length < 2) return [];
  const apart = unit === "days" ? interval : intervalOf(days);
  const span = days.at(-1)! - days[0]!;
  const parts: readonly (readonly [CalendarPart, number])[] = [
    ["year", YEAR],
    ["week", 7],
    ["day", 1],
  ];
  return parts.flatMap(([part, period]) => (span >= 2 * period && apart <= period / 4 ? [part] : []));
}
