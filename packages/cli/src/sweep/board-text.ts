import { showNumber } from "@loam/nn/data/table";
import type { Leaderboard, Standing } from "@loam/nn/sweep";
import type { Config } from "../config.js";
import { clipped } from "../fields.js";
import { showLoss, showPercent } from "../format.js";
import { cut, textTable } from "../text-table.js";
import type { MetricName } from "./metric.js";

/** A value of a setting as a cell shows it. */
export function showSetting(value: unknown): string {
  return typeof value === "string" || typeof value === "number"
    ? String(value)
    : clipped(JSON.stringify(value));
}

/** `learningRate 0.1, batchSize 32` */
export function settingsLine(settings: Config): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${showSetting(value)}`)
    .join(", ");
}

export function showMetric(metric: MetricName, value: number): string {
  if (metric === "accuracy") return showPercent(value);
  if (metric === "loss") return showLoss(value);
  return metric === "macroF1" ? value.toFixed(3) : showNumber(value);
}

/** `91.20 % ± 0.31` */
export function showValue(metric: MetricName, { value, deviation }: Standing<unknown>): string {
  if (value === null) return "failed";
  const spread = deviation === null ? "" : ` ± ${showMetric(metric, deviation)}`;
  return `${showMetric(metric, value)}${spread}`;
}

/** The first configurations of a leaderboard, in columns. */
export function boardTable(
  board: Leaderboard<Config>,
  { metric, most, rungs }: { readonly metric: MetricName; readonly most: number; readonly rungs: number },
): string[] {
  const names = [...new Set(board.flatMap(({ settings }) => Object.keys(settings)))];
  const shown = board.slice(0, most);
  const rows = shown.map((one, i) => [
    String(i + 1),
    ...names.map((name) => cut(showSetting((one.settings as Record<string, unknown>)[name]), 24)),
    ...(rungs > 1 ? [`${one.rung + 1}/${rungs}`] : []),
    one.isComplete ? showValue(metric, one) : `${showValue(metric, one)} so far`,
  ]);
  const head = ["#", ...names, ...(rungs > 1 ? ["rung"] : []), metric];
  const more = board.length - shown.length;
  return [...textTable([head, ...rows]), ...(more > 0 ? [`and ${more} more`] : [])];
}
