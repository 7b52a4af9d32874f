import { showNumber } from "@loam/nn/data/table";
import { fixed } from "./curves.js";
import { type Html, html } from "./html.js";
import { ticksOf } from "./ticks.js";

const SIDE = 420;
const BOX = { left: 84, right: 14, top: 14, bottom: 32 };

/** How wide a character of a number below the axis is at most, on a phone, where letters are larger beside the drawing. */
const CHARACTER = 11;

/** What was told against what is right, a dot a sample; on the diagonal they agree. */
export function scatter(name: string, right: readonly number[], told: readonly number[]): Html {
  const all = [...right, ...told];
  let [least, most] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  if (least === most) [least, most] = [least - 1, most + 1];
  const margin = (most - least) / 40;
  [least, most] = [least - margin, most + margin];
  const place = (value: number) => (value - least) / (most - least);
  const x = (value: number) => BOX.left + (SIDE - BOX.left - BOX.right) * place(value);
  const y = (value: number) => SIDE - BOX.bottom - (SIDE - BOX.top - BOX.bottom) * place(value);
  const ticks = ticksOf(least, most, 4);
  const widest = CHARACTER * ticks.reduce((sum, tick) => Math.max(sum, showNumber(tick).length + 1), 0);
  const apart = ticks.length > 1 ? x(ticks[1]!) - x(ticks[0]!) : widest;
  const every = Math.ceil(widest / apart);
  // From the last one on, which ends where the drawing does.
  const below = ticks.filter((_, i) => (ticks.length - 1 - i) % every === 0);
  const middle = (tick: number) => Math.min(x(tick), SIDE - (CHARACTER * showNumber(tick).length) / 2);
  return html`<figure class="square">
<figcaption>${name}: predicted against true</figcaption>
<svg viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="${name}: predicted against true values of ${right.length} samples">
${ticks.map((tick) => html`<path class="grid" d="M${BOX.left} ${fixed(y(tick))}H${SIDE - BOX.right}M${fixed(x(tick))} ${BOX.top}V${SIDE - BOX.bottom}"/><text class="tick" x="${BOX.left - 8}" y="${fixed(y(tick) + 4)}" text-anchor="end">${showNumber(tick)}</text>`)}
${below.map((tick) => html`<text class="tick" x="${fixed(middle(tick))}" y="${SIDE - BOX.bottom + 18}" text-anchor="middle">${showNumber(tick)}</text>`)}
<path class="kept" d="M${fixed(x(least))} ${fixed(y(least))}L${fixed(x(most))} ${fixed(y(most))}"/>
<text class="tick" x="${SIDE - BOX.right}" y="${SIDE - BOX.bottom - 8}" text-anchor="end">true</text>
<text class="tick" x="${BOX.left + 6}" y="${BOX.top + 14}">predicted</text>
<path class="dots" d="${right.map((value, i) => `M${fixed(x(value))} ${fixed(y(told[i]!))}h0`).join("")}"/>
</svg>
</figure>`;
}
