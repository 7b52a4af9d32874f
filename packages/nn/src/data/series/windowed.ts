import { DataError } from "../../errors.js";
import type { DataSchema, NumberTarget, SeriesInput } from "../../schema/data-schema.js";
import type { Dataset } from "../dataset.js";
import { momentsOf } from "../table/fit-columns.js";
import { type ReadTableOptions, readTable, type TableSource } from "../table/read-table.js";
import type { Series } from "./series.js";
import { showSpan } from "./span.js";
import { type SeriesOptions, type UnderstoodSeries, understandSeries } from "./understand-series.js";
import { completeOrigins, targetRow, targetValues, windowFeatures, windowInputs } from "./windows.js";

/** Windows of a series, with what comes after each. */
export interface SeriesDataset extends Dataset {
  readonly schema: DataSchema;
  /** The targets at each origin, in their own units, [origins, targets]: what is predicted is added to them. */
  readonly base: Float64Array;
  /** Each window's origin and the row that is forecast, as rows of `series`. */
  readonly origins: Uint32Array;
  readonly targetRows: Uint32Array;
  readonly series: Series;
}

/** Whether windows were cut from a series, with what is needed to go back to its unit. */
export function isSeriesDataset(dataset: Dataset): dataset is SeriesDataset {
  return dataset.schema?.input.kind === "series" && "base" in dataset && "series" in dataset;
}

/**
 * Cuts a table into windows, each with the value that is to be forecast: what a row's past says of what comes `horizon` later. Columns are found as
 * in a table; a column of dates says when, in any order of rows; where rows are missing, windows take what lies between their neighbours.
 * What is predicted is the change from the last value, as by NLinear (Zeng et al. 2023, https://arxiv.org/abs/2205.13504), so that what drifts can be
 * forecast. The dataset's `schema` goes with a model that is fitted to it, and `forecast` reads by it.
 *
 * ```ts
 * const days = await windowed(csv, { target: "Extent", window: "400d", horizon: "30d" });
 * await model.fit(days, { epochs: 30 });
 * await forecast(model, csv);
 * ```
 *
 * @throws as `readTable` and `understandSeries`; {DataError} `series-short` where no window is whole.
 */
export async function windowed(
  source: TableSource,
  options: SeriesOptions & ReadTableOptions,
): Promise<SeriesDataset> {
  const { name, header, ...how } = options;
  const table = await readTable(source, {
    ...(name !== undefined && { name }),
    ...(header !== undefined && { header }),
  });
  const understood = understandSeries(table, how);
  const { length } = understood.series;
  return fitSeries(understood, length).dataset(0, length)!;
}

/** A series whose columns have been looked at on the rows that are trained on. */
export interface FittedSeries {
  readonly schema: DataSchema;
  /** The windows whose origin is a row from `start` on and before `end`, and what is forecast too; undefined where there is none. */
  dataset(start: number, end: number): SeriesDataset | undefined;
}

/**
 * Takes means, deviations and the like from the first `trainingRows` rows.
 * @throws {DataError} `series-short` where these have no whole window with what comes after it.
 */
export function fitSeries(understood: UnderstoodSeries, trainingRows: number): FittedSeries {
  const { series, rule, table } = understood;
  const origins = completeOrigins(series, rule);
  const training = pairsOf(understood, origins, 0, trainingRows);
  if (training.origins.length === 0) {
    const window = showSpan({ unit: rule.unit, length: rule.lags * rule.step });
    const horizon = showSpan({ unit: rule.unit, length: rule.horizon });
    throw new DataError(
      "series-short",
      `${table.name}: none of the ${trainingRows} rows that are trained on has a window of ${window} before it and a value ${horizon} after it; take a shorter window or horizon, or more rows.`,
      { file: table.name },
    );
  }
  const schema = schemaOf(understood, training, trainingRows);
  return {
    schema,
    dataset: (start, end) => {
      const pairs = pairsOf(understood, origins, start, end);
      return pairs.origins.length === 0 ? undefined : seriesDataset(series, schema, pairs);
    },
  };
}

/** Origins and the rows that are forecast from them. */
export interface OriginPairs {
  readonly origins: Uint32Array;
  readonly targetRows: Uint32Array;
}

function pairsOf(
  { series, rule, targets }: UnderstoodSeries,
  origins: Uint32Array,
  start: number,
  end: number,
): OriginPairs {
  return pairsBetween(pairOrigins(series, rule, targets, origins), start, end);
}

/** Those that lie between two rows, origin and what is forecast. */
export function pairsBetween({ origins, targetRows }: OriginPairs, start: number, end: number): OriginPairs {
  const isInside = (_: number, i: number) => origins[i]! >= start && targetRows[i]! < end;
  return { origins: origins.filter(isInside), targetRows: targetRows.filter(isInside) };
}

/** Of some origins, those that have what is to be forecast, and where. */
export function pairOrigins(
  series: Series,
  rule: UnderstoodSeries["rule"],
  targets: readonly string[],
  origins: Uint32Array,
): OriginPairs {
  const columns = targets.map((name) => series.columns.find((column) => column.name === name)!);
  const from: number[] = [];
  const to: number[] = [];
  for (const origin of origins) {
    const at = targetRow(series, rule, origin);
    if (at < 0 || columns.some(({ values }) => Number.isNaN(values[at]!))) continue;
    from.push(origin);
    to.push(at);
  }
  return { origins: Uint32Array.from(from), targetRows: Uint32Array.from(to) };
}

/** The dataset of some windows, by a schema. */
export function seriesDataset(
  series: Series,
  schema: DataSchema,
  { origins, targetRows }: OriginPairs,
): SeriesDataset {
  const input = schema.input as SeriesInput;
  const targets = schema.task.kind === "regression" ? schema.task.targets : [];
  const base = targetValues(series, targets, origins, "known");
  const values = targetValues(series, targets, targetRows, "values");
  const labels = Float32Array.from(values, (value, at) => {
    const { shift, scale } = targets[at % targets.length]!;
    return (value - base[at]! - shift) / scale;
  });
  return {
    name: series.name,
    inputs: {
      data: windowInputs(series, input, origins),
      shape: [origins.length, windowFeatures(input)],
    },
    labels: { data: labels, shape: [origins.length, targets.length] },
    scaling: { kind: "none" },
    schema,
    base,
    origins,
    targetRows,
    series,
  };
}

function schemaOf(understood: UnderstoodSeries, training: OriginPairs, rows: number): DataSchema {
  const { series, time, rule, calendar, columns, leftOut } = understood;
  return {
    task: { kind: "regression", targets: changes(understood, training) },
    input: {
      kind: "series",
      ...(time && { time }),
      ...rule,
      columns: columns.map(({ name, format }, i) => {
        const { known, first } = series.columns[i]!;
        const { mean, deviation } = momentsOf(known.subarray(Math.min(first, rows - 1), rows));
        return { name, format, shift: mean, scale: deviation > 0 ? deviation : 1 };
      }),
      calendar,
      leftOut: leftOut.map(({ name }) => name),
    },
  };
}

/** Changes from an origin to what is forecast are learnt as numbers of mean 0 and deviation 1. */
function changes(understood: UnderstoodSeries, { origins, targetRows }: OriginPairs): NumberTarget[] {
  return understood.targets.map((name) => {
    const one = [{ name, shift: 0, scale: 1 }];
    const base = targetValues(understood.series, one, origins, "known");
    const values = targetValues(understood.series, one, targetRows, "values");
    const { mean, deviation } = momentsOf(values.map((value, at) => value - base[at]!));
    return { name, shift: mean, scale: deviation > 0 ? deviation : 1 };
  });
}
