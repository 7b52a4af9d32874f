import { type Html, html } from "./html.js";
import { ticksOf, wholeTicks } from "./ticks.js";

/** A figure of every epoch, from the first on; undefined where it was not measured. */
export interface Line {
  readonly name: string;
  /** `a` is drawn solid, `b` dashed: told apart without colours as well. */
  readonly kind: "a" | "b";
  readonly values: readonly (number | undefined)[];
}

export interface CurvesOptions {
  readonly title: string;
  readonly show: (value: number) => string;
  /** The epoch whose weights were kept, from 1. */
  readonly kept?: number | undefined;
  /** Whether the curves rise, so that the room for words is at the bottom. */
  readonly rises?: boolean;
}

const [WIDTH, HEIGHT] = [640, 300];
/** On a phone "100 %" takes 75 of these at the left. */
const BOX = { left: 88, right: 16, top: 16, bottom: 56 };

/** Curves over epochs as an SVG that is as wide as its place; undefined for fewer than two epochs. */
export function curves(
  lines: readonly Line[],
  { title, show, kept, rises = false }: CurvesOptions,
): Html | undefined {
  const epochs = Math.max(...lines.map(({ values }) => values.length));
  const finite = lines.flatMap(({ values }) =>
    values.filter((value): value is number => value !== undefined && Number.isFinite(value)),
  );
  if (epochs < 2 || finite.length === 0) return undefined;
  let [least, most] = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  if (least === most) [least, most] = [least - Math.abs(least) / 2 - 0.01, most + Math.abs(most) / 2 + 0.01];
  // Losses end far below where they begin; on a straight scale nothing of the end would be seen.
  const isLog = least > 0 && most / least > 30;
  const scale = (value: number) => (isLog ? Math.log10(value) : value);
  const [bottom, top] = [scale(least), scale(most)];
  const inner = { width: WIDTH - BOX.left - BOX.right, height: HEIGHT - BOX.top - BOX.bottom };
  const x = (epoch: number) => BOX.left + (inner.width * (epoch - 1)) / (epochs - 1);
  const y = (value: number) => BOX.top + (inner.height * (top - scale(value))) / (top - bottom);
  const levels = isLog ? logTicks(least, most) : ticksOf(least, most, 5);
  const label = `${title} over ${epochs} epochs: ${lines
    .map(({ name, values }) => `${name} from ${show(firstOf(values))} to ${show(lastOf(values))}`)
    .join(", ")}`;
  return html`<figure>
<figcaption>${title}${isLog && html` <span class="quiet">(logarithmic scale)</span>`}<span class="legend">${lines.map(
    ({ name, kind }) =>
      html`<span class="key"><svg width="26" height="8" aria-hidden="true"><path class="line ${kind}" d="M1 4H25"/></svg>${name}</span>`,
  )}</span></figcaption>
<svg class="flat" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${levels.map((level) => html`<path class="grid" d="M${BOX.left} ${fixed(y(level))}H${WIDTH - BOX.right}"/><text class="tick" x="${BOX.left - 8}" y="${fixed(y(level) + 4)}" text-anchor="end">${show(level)}</text>`)}
${wholeTicks(1, epochs, 6).map((epoch) => html`<text class="tick" x="${fixed(x(epoch))}" y="${HEIGHT - 32}" text-anchor="middle">${epoch}</text>`)}
<text class="tick" x="${WIDTH - BOX.right}" y="${HEIGHT - 4}" text-anchor="end">epoch</text>
${kept !== undefined && kept <= epochs && html`<path class="kept" d="M${fixed(x(kept))} ${BOX.top}V${HEIGHT - BOX.bottom}"/><text class="tick" x="${fixed(x(kept) + (kept > epochs / 2 ? -6 : 6))}" y="${rises ? HEIGHT - BOX.bottom - 8 : BOX.top + 10}" text-anchor="${kept > epochs / 2 ? "end" : "start"}">kept: epoch ${kept}</text>`}
${lines.map(({ kind, values }) => html`<path class="line ${kind}" d="${pathOf(values, x, y)}"/>`)}
</svg>
</figure>`;
}

/** A path whose pen is lifted where nothing was measured. */
function pathOf(
  values: readonly (number | undefined)[],
  x: (epoch: number) => number,
  y: (value: number) => number,
): string {
  let isDown = false;
  return values
    .flatMap((value, i) => {
      if (value === undefined || !Number.isFinite(value)) {
        isDown = false;
        return [];
      }
      const word = `${isDown ? "L" : "M"}${fixed(x(i + 1))} ${fixed(y(value))}`;
      isDown = true;
      return [word];
    })
    .join("");
}

/** Powers of ten, with their doubles and fives where these are few. */
function logTicks(least: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const factors = last - first > 3 ? [1] : [1, 2, 5];
  const all = Array.from({ length: last - first + 1 }, (_, i) =>
    factors.map((factor) => Number(`${factor}e${first + i}`)),
  );
  return all.flat().filter((tick) => tick >= least && tick <= most);
}

function firstOf(values: readonly (number | undefined)[]): number {
  return values.find((value) => value !== undefined) ?? Number.NaN;
}

function lastOf(values: readonly (number | undefined)[]): number {
  return values.findLast((value) => value !== undefined) ?? Number.NaN;
}

export function fixed(value: number): string {
  return value.toFixed(1);
}
