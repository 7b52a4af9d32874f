import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import type { NumberFigures } from "./examination.js";

const SVG = "http://www.w3.org/2000/svg";
const SIDE = 320;
const BOX = { left: 8, right: 8, top: 8, bottom: 8 };
/** More dots hide each other. */
const MOST = 1000;

/** What was told against what is right, a dot a held-out sample; on the diagonal they agree. */
export function numbersPicture({ say, voice }: Site, figures: NumberFigures): HTMLElement {
  const { target, points, mae, r2 } = figures;
  const every = Math.ceil(points.length / MOST);
  const shown = points.filter((_, i) => i % every === 0);
  const all = points.flatMap(({ right, told }) => [right, told]);
  const least = all.reduce((a, b) => Math.min(a, b));
  const most = all.reduce((a, b) => Math.max(a, b));
  const place = (value: number) => (most === least ? 0.5 : (value - least) / (most - least));
  const x = (value: number) => BOX.left + (SIDE - BOX.left - BOX.right) * place(value);
  const y = (value: number) => SIDE - BOX.bottom - (SIDE - BOX.top - BOX.bottom) * place(value);
  const svg = svgElement("svg", {
    viewBox: `0 0 ${SIDE} ${SIDE}`,
    class: "numbers-plot",
    role: "img",
    "aria-label": say("train.numbersLabel", {
      samples: points.length,
      target,
      mae: voice.significant(mae),
      r2: voice.percent(Math.max(0, r2), 0),
    }),
  });
  svg.append(
    svgElement("path", { class: "agreed", d: `M${x(least)} ${y(least)}L${x(most)} ${y(most)}` }),
    ...shown.map(({ right, told }) =>
      svgElement("circle", { cx: x(right).toFixed(1), cy: y(told).toFixed(1), r: 3.5 }),
    ),
  );
  const [low, high] = [least, most].map((value) => voice.significant(value));
  return element(
    "div",
    { class: "numbers-frame" },
    element("p", { class: "small quiet" }, say("train.upTold", { target })),
    svg,
    element(
      "p",
      { class: "row spread small quiet" },
      element("span", {}, low!),
      element("span", {}, say("train.acrossRight", { target })),
      element("span", {}, high!),
    ),
  );
}

function svgElement(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
