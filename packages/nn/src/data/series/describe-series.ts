import { showNumber } from "../table/describe-table.js";
import { seasonName } from "./baselines.js";
import { showSpan } from "./span.js";
import type { UnderstoodSeries } from "./understand-series.js";

const MOST_NAMES = 8;

/** What was understood of a series, in lines: the target and how far ahead, the rows, the window, what is left out. */
export function describeSeries(understood: UnderstoodSeries): string[] {
  const { table, series, time, targets, columns, leftOut, rule, calendar } = understood;
  const { unit, interval, step, lags, horizon, season } = rule;
  const rows = showNumber(series.length);
  const span =
    time && series.length > 0
      ? `, ${cellOf(understood, 0)} to ${cellOf(understood, series.length - 1)} by ${time.name}${unit === "days" ? `, usually ${showSpan({ unit, length: interval })} apart` : ""}`
      : "";
  const others = columns.filter(({ name }) => !targets.includes(name)).map(({ name }) => name);
  const apart = step === interval ? "" : `, ${showSpan({ unit, length: step })} apart`;
  const lines = [
    `target    ${targets.map((name) => `${name} (${rangeOf(understood, name)})`).join(", ")}, ${showSpan({ unit, length: horizon })} ahead`,
    `series    ${rows} rows${span}`,
    `window    ${lags + 1} values of ${listed([...targets, ...others])}, ${showSpan({ unit, length: lags * step })} back${apart}${calendar.length > 0 ? `; the time of the ${calendar.join(", of the ")}` : ""}`,
    `season    ${season === undefined ? "none found" : seasonName(rule)}`,
  ];
  if (leftOut.length > 0)
    lines.push(`left out  ${listed(leftOut.map(({ name, why }) => `${name || "the first"} (${why})`))}`);
  return [...lines, ...[...table.notes, ...series.notes].map((note) => `noticed   ${note}`)];
}

function cellOf({ table, series, time }: UnderstoodSeries, at: number): string {
  return table.columns.find(({ name }) => name === time!.name)!.cells[series.rows[at]!]!;
}

function rangeOf({ series }: UnderstoodSeries, name: string): string {
  const { values } = series.columns.find((column) => column.name === name)!;
  let [least, most, empty] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (Number.isNaN(value)) empty++;
    else {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return `${showNumber(least)} to ${showNumber(most)}${empty > 0 ? `, ${empty} empty` : ""}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
