import type { RegressionTask, SeriesInput } from "../../schema/data-schema.js";
import { showSpan } from "./span.js";
import type { SeriesDataset } from "./windowed.js";
import { seasonBefore } from "./windows.js";

/** How far off a forecast is that needs no network, in the target's own unit. */
export interface Baseline {
  readonly name: "persistence" | "seasonalNaive";
  /** What it says, in words. */
  readonly rule: string;
  /** Root mean squared and mean absolute error of each target, by name. */
  readonly rmse: Readonly<Record<string, number>>;
  readonly mae: Readonly<Record<string, number>>;
}

/**
 * What forecasts come to that anybody can make: that nothing changes (persistence), and that it will be as it was a season before (seasonal naive), the
 * latter where the series has a season that lies behind every window.
 */
export function baselines(dataset: SeriesDataset): Baseline[] {
  const { series, schema, origins, base } = dataset;
  const { targets } = schema.task as RegressionTask;
  const input = schema.input as SeriesInput;
  const known = targets.map(({ name }) => series.columns.find((column) => column.name === name)!.known);
  const all = [measured(dataset, "persistence", "the last value", (at, i) => base[at * targets.length + i]!)];
  if (input.season !== undefined) {
    const rule = `the value ${seasonName(input)} before`;
    all.push(
      measured(dataset, "seasonalNaive", rule, (at, i) =>
        seasonBefore(series, input, known[i]!, origins[at]!),
      ),
    );
  }
  return all.filter(({ rmse }) => Object.values(rmse).every(Number.isFinite));
}

/** `a year`, `7 rows`. */
export function seasonName({ unit, season = 0 }: Pick<SeriesInput, "unit" | "season">): string {
  if (unit === "rows") return showSpan({ unit, length: season });
  return season === 7 ? "a week" : season === 1 ? "a day" : "a year";
}

function measured(
  { series, schema, targetRows }: SeriesDataset,
  name: Baseline["name"],
  rule: string,
  says: (at: number, target: number) => number,
): Baseline {
  const { targets } = schema.task as RegressionTask;
  const figures = targets.map((target, i) => {
    const { values } = series.columns.find((column) => column.name === target.name)!;
    let squares = 0;
    let sizes = 0;
    targetRows.forEach((row, at) => {
      const error = values[row]! - says(at, i);
      squares += error * error;
      sizes += Math.abs(error);
    });
    const count = targetRows.length;
    return { target: target.name, rmse: Math.sqrt(squares / count), mae: sizes / count };
  });
  return {
    name,
    rule,
    rmse: Object.fromEntries(figures.map(({ target, rmse }) => [target, rmse])),
    mae: Object.fromEntries(figures.map(({ target, mae }) => [target, mae])),
  };
}
