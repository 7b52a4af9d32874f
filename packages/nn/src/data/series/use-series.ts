import { ConfigError, DataError, FormatError } from "../../errors.js";
import type { DataSchema, RegressionTask, SeriesInput } from "../../schema/data-schema.js";
import { isCount, recordOf } from "../../schema/parse-schema.js";
import { dateOrderOf, isAmbiguous, readDate } from "../table/date-cells.js";
import { type ReadTableOptions, readTable, type TableSource } from "../table/read-table.js";
import type { Table } from "../table/table.js";
import { type KnowsTables, knownColumns } from "../table/use-table.js";
import { readSeries, type Series } from "./series.js";
import { showSpan } from "./span.js";
import { distanceNote, unlikeTraining } from "./unlike-training.js";
import {
  type FittedSeries,
  pairOrigins,
  pairsBetween,
  type SeriesDataset,
  seriesDataset,
} from "./windowed.js";
import { completeOrigins, targetValues, windowFeatures, windowInputs } from "./windows.js";

/** A table as the inputs of a model that forecasts. */
export interface SeriesInputs {
  /** [origins, features] */
  readonly inputs: { readonly data: Float32Array; readonly shape: readonly number[] };
  /** The table's row of each origin, in the order of time. */
  readonly rows: Uint32Array;
  /** The moment that is forecast from each origin, as `2026-11-28` or `2026-11-28T14:05`; absent where rows are counted. */
  readonly moments?: readonly string[];
  /** The targets at each origin, [origins, targets], to which what is predicted is added. */
  readonly base: Float64Array;
  readonly notes: readonly string[];
}

/**
 * Makes windows of a table for a model that forecasts, one for each row that has enough behind it.
 * @throws {ConfigError} `not-for-series` for a model of something else. @throws {DataError} as `readSeries`, and `series-short` where no row has enough
 * behind it, `series-sparse` where rows lie so far apart that windows would be made up. @throws {FormatError} `schema-invalid`.
 */
export function seriesInputs(model: KnowsTables, table: Table): SeriesInputs {
  const { task, input } = requireSeriesSchema(model);
  const series = readSeries(table, input);
  const origins = requireOrigins(series, input);
  const moments =
    input.unit === "days"
      ? Array.from(origins, (at) => showMoment(series.days![at]! + input.horizon))
      : undefined;
  return {
    inputs: { data: windowInputs(series, input, origins), shape: [origins.length, windowFeatures(input)] },
    rows: origins.map((at) => series.rows[at]!),
    ...(moments && { moments }),
    base: targetValues(series, task.targets, origins, "known"),
    notes: notesOf(series, input, origins),
  };
}

export interface LabelledSeriesOptions {
  /** Only origins from this on: a date as the table writes them, or a row as an editor counts those that are not empty. */
  readonly since?: string;
}

/** A series to measure a model on, and what was noticed. */
export interface LabelledSeries {
  readonly dataset: SeriesDataset;
  readonly notes: readonly string[];
}

/**
 * The windows of a table of which it says what comes after, as a dataset for the model's `evaluate`.
 * @throws as `seriesInputs`; {DataError} `no-samples` where nothing comes after, {ConfigError} `since-invalid`.
 */
export function labelledSeries(
  model: KnowsTables,
  table: Table,
  { since }: LabelledSeriesOptions = {},
): LabelledSeries {
  const { task, input } = requireSeriesSchema(model);
  const series = readSeries(table, input);
  const complete = requireOrigins(series, input);
  const origins = since === undefined ? complete : originsSince(series, table, input, complete, since);
  const names = task.targets.map(({ name }) => name);
  const pairs = pairOrigins(series, input, names, origins);
  if (pairs.origins.length === 0) {
    const horizon = showSpan({ unit: input.unit, length: input.horizon });
    throw new DataError(
      "no-samples",
      `${table.name}: no row${since === undefined ? "" : ` from ${JSON.stringify(since)} on`} has a value ${horizon} after it, with which a forecast could be compared.`,
      { file: table.name },
    );
  }
  return {
    dataset: seriesDataset(series, { task, input }, pairs),
    notes:
      since === undefined ? notesOf(series, input, complete) : [...series.notes, ...unlike(series, input)],
  };
}

/**
 * The windows of a table for a model that forecasts to be trained on further, by its own means and lengths: as `fitSeries` gives them.
 * @throws as `seriesInputs`.
 */
export function refitSeries(model: KnowsTables, table: Table): FittedSeries {
  const schema = requireSeriesSchema(model);
  const { task, input } = schema;
  const series = readSeries(table, input);
  const names = task.targets.map(({ name }) => name);
  const pairs = pairOrigins(series, input, names, requireOrigins(series, input));
  return {
    schema,
    dataset: (start, end) => {
      const inside = pairsBetween(pairs, start, end);
      return inside.origins.length === 0 ? undefined : seriesDataset(series, schema, inside);
    },
  };
}

function originsSince(
  series: Series,
  table: Table,
  { time }: SeriesInput,
  origins: Uint32Array,
  since: string,
): Uint32Array {
  if (/^\d{1,9}$/.test(since) && !(time && Number.isFinite(readDate(since, time.order)))) {
    if (time && isYearOf(series, since))
      throw new ConfigError(
        "since-invalid",
        `${table.name}: ${since} may be a year or a row's number; write the year as ${since}-01-01.`,
      );
    const first = Number(since) - (table.header ? 2 : 1);
    return origins.filter((at) => series.rows[at]! >= first);
  }
  const order = time && (Number.isFinite(readDate(since, time.order)) ? time.order : dateOrderOf([since]));
  if (order && time && order !== time.order && isAmbiguous([since], order))
    throw new ConfigError(
      "since-invalid",
      `${table.name}: nothing tells day from month in ${since}; write it as 2026-11-28 is written.`,
    );
  if (order) {
    const day = readDate(since, order);
    return origins.filter((at) => series.days![at]! >= day);
  }
  throw new ConfigError(
    "since-invalid",
    `${table.name}: expected a date such as 2026-11-28, or a row's number, to count from, got ${JSON.stringify(since.slice(0, 60))}.`,
  );
}

/** Whether these four digits are one of the years that the series is of. */
function isYearOf({ days }: Series, digits: string): boolean {
  if (days === undefined || !/^\d{4}$/.test(digits)) return false;
  const begin = readDate(`${digits}-01-01`, "ymd");
  return begin >= days[0]! - 366 && begin <= days.at(-1)!;
}

/** What a model says will be. */
export interface Forecast {
  /** The table's row that it looks ahead from, from 0. */
  readonly row: number;
  /** When it is for; absent where rows are counted. */
  readonly moment?: string;
  /** By the target's name. */
  readonly answer: Readonly<Record<string, number>>;
}

/**
 * Forecasts from each row of a table that has enough behind it, the last one included, with a model that was trained on `windowed`. The oldest comes
 * first, so that the last is what nobody knows yet.
 * @throws as `readTable` and `seriesInputs`.
 */
export async function forecast(
  model: KnowsTables & {
    predict(inputs: SeriesInputs["inputs"]): Promise<{ readonly data: Float32Array }>;
  },
  source: TableSource,
  options: ReadTableOptions = {},
): Promise<{ readonly forecasts: readonly Forecast[]; readonly notes: readonly string[] }> {
  const { inputs, rows, moments, base, notes } = seriesInputs(
    model,
    await readTable(source, { known: knownColumns(model), ...options }),
  );
  const { targets } = model.schema!.task as RegressionTask;
  const { data } = await model.predict(inputs);
  const forecasts = Array.from(rows, (row, at) => ({
    row,
    ...(moments && { moment: moments[at]! }),
    answer: Object.fromEntries(
      targets.map(({ name, shift, scale }, i) => {
        const place = at * targets.length + i;
        return [name, base[place]! + data[place]! * scale + shift];
      }),
    ),
  }));
  return { forecasts, notes };
}

function requireOrigins(series: Series, input: SeriesInput): Uint32Array {
  const origins = completeOrigins(series, input);
  if (origins.length > 0) return origins;
  const window = showSpan({ unit: input.unit, length: input.lags * input.step });
  throw new DataError(
    "series-short",
    `${series.name}: no row has ${window} of values before it, which the network looks at; give it a longer series.`,
    { file: series.name },
  );
}

function notesOf(series: Series, input: SeriesInput, origins: Uint32Array): string[] {
  const without = series.length - origins.length;
  const rows = without === 1 ? "1 row has" : `${without} rows have`;
  const short = without === 0 ? [] : [`${series.name}: ${rows} no whole window behind, and no forecast`];
  return [...series.notes, ...unlike(series, input), ...short];
}

/** What is not as in training, in sentences. @throws {DataError} `series-sparse` */
function unlike(series: Series, input: SeriesInput): string[] {
  const distance = distanceNote(series, input);
  return [...unlikeTraining([series], input), ...(distance === undefined ? [] : [distance])];
}

/** A moment as ISO 8601 has it, without a time where it is midnight. */
function showMoment(day: number): string {
  const text = new Date(Math.round(day * 86_400_000)).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 16);
}

/** A schema whose inputs are windows of a series. @throws {ConfigError} `not-for-series` @throws {FormatError} `schema-invalid` */
function requireSeriesSchema({
  name,
  schema,
}: KnowsTables): DataSchema & { task: RegressionTask; input: SeriesInput } {
  if (schema?.input.kind !== "series" || schema.task.kind !== "regression") {
    throw new ConfigError("not-for-series", `The model "${name}" was not trained to forecast a series.`);
  }
  const { task, input } = schema;
  if (
    isSeriesInput(input) &&
    task.targets.every(({ name }) => input.columns.some((one) => one.name === name))
  )
    return { task, input };
  throw new FormatError(
    "schema-invalid",
    `model "${name}": what it says of its series cannot be read; the file is damaged or from a later version of Loam.`,
  );
}

/** A hundred thousand years: beyond what dates can say of any moment. */
const MOST_DAYS = 36_525_000;

function isSeriesInput(input: SeriesInput): boolean {
  const { time, unit, interval, step, lags, horizon, season, columns, calendar } = recordOf(input);
  const isPositive = (value: unknown) =>
    Number.isFinite(value) && (value as number) > 0 && (value as number) <= MOST_DAYS;
  const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  const { name, order } = recordOf(time);
  const hasTime = typeof name === "string" && ["ymd", "dmy", "mdy"].includes(order as string);
  if (time !== undefined && !hasTime) return false;
  if (unit === "days" ? !hasTime : unit !== "rows") return false;
  const lengths =
    unit === "rows" ? [interval, step, horizon].every(isWhole) : [interval, step, horizon].every(isPositive);
  return (
    lengths &&
    isCount(lags) &&
    (season === undefined || (unit === "rows" ? isWhole(season) : isPositive(season))) &&
    Array.isArray(columns) &&
    columns.length > 0 &&
    columns.every(isSeriesColumn) &&
    Array.isArray(calendar) &&
    calendar.every((part) => ["year", "week", "day"].includes(part)) &&
    (calendar.length === 0 || hasTime)
  );
}

/** Whether a file says of a column what has to be known of it. */
export function isSeriesColumn(value: unknown): boolean {
  const { name, format, shift, scale } = recordOf(value);
  const { decimal, group } = recordOf(format);
  return (
    typeof name === "string" &&
    typeof decimal === "string" &&
    typeof group === "string" &&
    Number.isFinite(shift) &&
    Number.isFinite(scale) &&
    (scale as number) > 0
  );
}
