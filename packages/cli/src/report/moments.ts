import type { Dataset } from "@loam/nn";
import { isSeriesDataset, type SeriesDataset } from "@loam/nn/data/series";

/** What is added to a prediction of a network and to its label: of a series, which is forecast by its changes, the value at the origin; else 0. */
export function baseOf(dataset: Dataset): (at: number) => number {
  if (!isSeriesDataset(dataset)) return () => 0;
  const { base } = dataset;
  return (at) => base[at]!;
}

/** When each forecast was made and for when, by the date or, where there are none, the table's row from 1. */
export function momentsOf(
  dataset: Dataset,
): { readonly made: (sample: number) => string; readonly of: (sample: number) => string } | undefined {
  if (!isSeriesDataset(dataset)) return undefined;
  const { series, origins, targetRows } = dataset;
  return {
    made: (sample) => moment(series, origins[sample]!),
    of: (sample) => moment(series, targetRows[sample]!),
  };
}

function moment({ days, rows }: SeriesDataset["series"], row: number): string {
  if (!days) return `row ${rows[row]! + 1}`;
  const day = days[row]!;
  const text = new Date(Math.round(day * 86_400_000)).toISOString();
  return Number.isInteger(day) ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}
