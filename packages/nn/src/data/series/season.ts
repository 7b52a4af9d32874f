import { YEAR } from "../table/encode-columns.js";
import type { Series } from "./series.js";
import { seasonBefore, targetRow, type WindowRule } from "./windows.js";

/** The most rows that a season is looked for in, where rows are counted. */
const MOST_ROWS = 400;
/** A season is one where the value a season before says what comes better than the last value does: by this factor of its squared error. */
const BETTER = 0.8;

/**
 * After what time a series repeats itself: a year, a week or a day where rows have dates, else a number of rows. It is that of which the value a
 * season before comes nearest, over the first `rows` rows; undefined where none does clearly better than the last value.
 */
export function findSeason(
  series: Series,
  target: string,
  rule: Pick<WindowRule, "unit" | "interval" | "horizon">,
  rows: number,
): number | undefined {
  const column = series.columns.find(({ name }) => name === target)!;
  const whole: WindowRule = { ...rule, step: rule.interval, lags: 1 };
  const error = (season: number | undefined): number => {
    const its = season === undefined ? whole : { ...whole, season };
    let sum = 0;
    let count = 0;
    for (let origin = column.first; origin < rows; origin++) {
      const at = targetRow(series, whole, origin);
      if (at < 0 || at >= rows) continue;
      const before =
        season === undefined ? column.known[origin]! : seasonBefore(series, its, column.known, origin);
      const difference = column.values[at]! - before;
      if (Number.isNaN(difference)) continue;
      sum += difference * difference;
      count++;
    }
    // A season that hardly any row has one of behind it is none that is known.
    return count * 3 >= rows ? sum / count : Number.POSITIVE_INFINITY;
  };
  let least = BETTER * error(undefined);
  let found: number | undefined;
  for (const season of candidates(series, rule, rows)) {
    const its = error(season);
    if (its >= least) continue;
    least = its;
    found = season;
  }
  return found;
}

function candidates(
  { days }: Series,
  { unit, interval }: Pick<WindowRule, "unit" | "interval">,
  rows: number,
): readonly number[] {
  if (rows < 2) return [];
  if (unit === "days") {
    const span = days![rows - 1]! - days![0]!;
    return [1, 7, YEAR].filter((season) => season >= 2 * interval && span >= 2 * season);
  }
  const most = Math.min(MOST_ROWS, Math.floor(rows / 2));
  return Array.from({ length: Math.max(0, most - 1) }, (_, i) => i + 2);
}
