import type { NumberTarget, SeriesInput } from "../../schema/data-schema.js";
import { calendarAngle } from "../table/encode-columns.js";
import { rowBefore, SAME, type Series, valueAt } from "./series.js";

/** How a series is cut: the part of the schema that needs no statistics. */
export type WindowRule = Pick<SeriesInput, "unit" | "interval" | "step" | "lags" | "horizon" | "season">;

/** How many inputs a window makes. */
export function windowFeatures({ columns, lags, calendar }: SeriesInput): number {
  return columns.length * (lags + 1) + 2 * calendar.length;
}

/** The rows before which values of a whole window are known in each column, in order. */
export function completeOrigins(series: Series, { unit, step, lags }: WindowRule): Uint32Array {
  const first = series.columns.reduce((most, column) => Math.max(most, column.first), 0);
  const { days, length } = series;
  const origins: number[] = [];
  if (first >= length) return new Uint32Array();
  for (let at = first; at < length; at++) {
    const reach = unit === "rows" ? at - lags * step - first : days![at]! - lags * step - days![first]!;
    if (reach >= -SAME) origins.push(at);
  }
  return Uint32Array.from(origins);
}

/**
 * The row that a forecast from an origin speaks of: so many rows later, or the one that is nearest to the moment, by at most half an interval.
 * −1 where there is none.
 */
export function targetRow(series: Series, { unit, horizon, interval }: WindowRule, origin: number): number {
  const { days, length } = series;
  if (unit === "rows") return origin + horizon < length ? origin + horizon : -1;
  const moment = days![origin]! + horizon;
  // Where rows lie as usual, the first guess is right.
  let after = Math.min(length - 1, origin + Math.max(1, Math.round(horizon / interval)));
  while (after > origin + 1 && days![after - 1]! >= moment) after--;
  while (after < length && days![after]! < moment) after++;
  const near = [after - 1, after].filter((at) => at > origin && at < length);
  const distance = (at: number) => Math.abs(days![at]! - moment);
  near.sort((a, b) => distance(a) - distance(b));
  const best = near[0];
  return best !== undefined && distance(best) <= interval / 2 + SAME ? best : -1;
}

/** The inputs of windows, [origins, features]; see `SeriesInput`. */
export function windowInputs(series: Series, input: SeriesInput, origins: Uint32Array): Float32Array {
  const { columns, unit, step, lags, calendar, horizon } = input;
  const { days } = series;
  const features = windowFeatures(input);
  const data = new Float32Array(origins.length * features);
  origins.forEach((origin, sample) => {
    let to = sample * features;
    for (const [i, { shift, scale }] of columns.entries()) {
      const { known } = series.columns[i]!;
      const now = known[origin]!;
      let from = origin;
      for (let lag = 1; lag <= lags; lag++) {
        let before: number;
        if (unit === "rows") before = known[origin - lag * step]!;
        else {
          const moment = days![origin]! - lag * step;
          from = rowBefore(days!, moment, from);
          before = valueAt(days!, known, moment, from);
        }
        data[to++] = (before - now) / scale;
      }
      data[to++] = (now - shift) / scale;
    }
    if (calendar.length > 0) {
      const moment = days![origin]! + (unit === "days" ? horizon : 0);
      for (const part of calendar) for (const value of calendarAngle(part, moment)) data[to++] = value;
    }
  });
  return data;
}

/** The targets' values at some rows, [rows, targets]: as they are measured, or as they are known by then. */
export function targetValues(
  series: Series,
  targets: readonly NumberTarget[],
  rows: ArrayLike<number>,
  of: "values" | "known",
): Float64Array {
  const columns = targets.map(({ name }) => series.columns.find((column) => column.name === name)![of]);
  const data = new Float64Array(rows.length * targets.length);
  for (let at = 0; at < rows.length; at++) {
    columns.forEach((values, i) => {
      data[at * targets.length + i] = values[rows[at]!]!;
    });
  }
  return data;
}

/** The value a season, or several, before what is predicted, known at the origin, for each target; NaN where the series begins later. */
export function seasonBefore(series: Series, rule: WindowRule, known: Float64Array, origin: number): number {
  const { unit, horizon, season } = rule;
  if (season === undefined) return Number.NaN;
  const back = Math.ceil((horizon - SAME) / season) * season - horizon;
  if (unit === "rows") return origin >= back ? known[origin - Math.round(back)]! : Number.NaN;
  return valueAt(series.days!, known, series.days![origin]! - back, origin);
}
