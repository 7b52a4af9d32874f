import type { Leaderboard } from "@loam/nn/sweep";
import type { Config } from "../config.js";
import { clipped } from "../fields.js";
import { fixed } from "../report/curves.js";
import { type Html, html } from "../report/html.js";
import { settingsLine, showMetric, showSetting } from "./board-text.js";
import { METRICS, type MetricName } from "./metric.js";

const HEIGHT = 320;
const BOX = { left: 90, right: 70, top: 34, bottom: 18 };
/** Between two axes; what does not fit a phone is scrolled. */
const GAP = 150;

/** An axis: where a value lies on it, from 0 at the bottom to 1, and what is written beside it. */
interface Axis {
  readonly name: string;
  readonly place: (value: unknown) => number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/**
 * Each configuration as a line through its settings to its figure (Inselberg, 1985); the best quarter solid, the others faint. Undefined for fewer than two
 * that have a value.
 */
export function parallelCoordinates(board: Leaderboard<Config>, metric: MetricName): Html | undefined {
  const measured = board.filter(({ value }) => value !== null);
  if (measured.length < 2) return undefined;
  const names = [...new Set(measured.flatMap(({ settings }) => Object.keys(settings)))];
  const cell = (i: number, name: string) => (measured[i]!.settings as Record<string, unknown>)[name];
  const axes = [
    ...names.map((name) =>
      settingAxis(
        name,
        measured.map((_, i) => cell(i, name)),
      ),
    ),
    figureAxis(
      metric,
      measured.map(({ value }) => value!),
    ),
  ];
  const width = BOX.left + BOX.right + GAP * (axes.length - 1);
  const x = (k: number) => BOX.left + GAP * k;
  const y = (place: number) => BOX.top + (HEIGHT - BOX.top - BOX.bottom) * (1 - place);
  const best = Math.max(1, Math.ceil(measured.length / 4));
  const lines = measured.map((one, i) => {
    const places = [...names.map((name, k) => axes[k]!.place(cell(i, name))), axes.at(-1)!.place(one.value)];
    const path = places.map((place, k) => `${k === 0 ? "M" : "L"}${x(k)} ${fixed(y(place))}`).join("");
    return html`<path class="line ${i < best ? "a" : "rest"}" d="${path}"><title>${i + 1}. ${settingsLine(one.settings)}: ${metric} ${showMetric(metric, one.value!)}</title></path>`;
  });
  return html`<section><h2>Settings and what they came to</h2>
<p class="quiet">A line is a configuration: through its settings to its ${metric}, the best at the top. The best quarter is drawn strongly.</p>
<div class="wide"><svg class="flat" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${measured.length} configurations by ${names.join(", ")} and ${metric}; the table below has the same figures">
${axes.map((axis, k) => html`<path class="grid" d="M${x(k)} ${BOX.top}V${HEIGHT - BOX.bottom}"/><text class="tick" x="${x(k)}" y="16" text-anchor="middle">${axis.name}</text>${axis.ticks.map(({ at, text }) => html`<text class="tick" x="${x(k) + 6}" y="${fixed(y(at) + 4)}">${text}</text>`)}`)}
${lines.reverse()}
</svg></div></section>`;
}

/** Numbers by their size, on a logarithmic axis where they go further than twentyfold; other choices one above the other. */
function settingAxis(name: string, values: readonly unknown[]): Axis {
  const different = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
  const numbers = different
    .filter((value): value is number => typeof value === "number")
    .sort((a, b) => a - b);
  if (numbers.length < different.length || numbers.length < 2) {
    const keys = different.map((value) => JSON.stringify(value));
    const at = (i: number) => (keys.length < 2 ? 0.5 : i / (keys.length - 1));
    return {
      name,
      place: (value) => at(keys.indexOf(JSON.stringify(value))),
      ticks: different.map((value, i) => ({ at: at(i), text: clipped(showSetting(value)).slice(0, 14) })),
    };
  }
  const [least, most] = [numbers[0]!, numbers.at(-1)!];
  const isLog = least > 0 && most / least > 20;
  const scale = (value: number) => (isLog ? Math.log(value) : value);
  const place = (value: number) => (scale(value) - scale(least)) / (scale(most) - scale(least));
  return {
    name,
    place: (value) => place(value as number),
    ticks: spread(numbers, place).map((value) => ({ at: place(value), text: showSetting(value) })),
  };
}

/** Those that are far enough apart to be read, both ends among them. */
function spread(numbers: readonly number[], place: (value: number) => number): number[] {
  const kept: number[] = [];
  for (const value of numbers) {
    if (kept.every((other) => place(value) - place(other) > 0.08)) kept.push(value);
  }
  const last = numbers.at(-1)!;
  if (!kept.includes(last)) kept.splice(-1, 1, last);
  return kept;
}

/** The best at the top. */
function figureAxis(metric: MetricName, values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [bottom, top] = METRICS[metric] === "max" ? [least, most] : [most, least];
  const place = (value: number) => (top === bottom ? 0.5 : (value - bottom) / (top - bottom));
  const ends = top === bottom ? [top] : [bottom, top];
  return {
    name: metric,
    place: (value) => place(value as number),
    ticks: ends.map((value) => ({ at: place(value), text: showMetric(metric, value) })),
  };
}
