import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import type { NumberFigures } from "./examination.js";

const WORST = 8;

/** How far off a network is that tells numbers, and where the furthest. */
export function numbersTable({ say, voice }: Site, figures: NumberFigures): HTMLElement {
  const { mae, rmse, r2, points } = figures;
  const figure = (name: string, value: string) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value));
  const worst = [...points]
    .sort((a, b) => Math.abs(b.told - b.right) - Math.abs(a.told - a.right))
    .slice(0, WORST);
  const number = (value: number) => element("td", { class: "number" }, voice.significant(value, 4));
  return element(
    "div",
    { class: "stack" },
    element(
      "dl",
      { class: "figures" },
      figure(say("train.offBy"), voice.significant(mae)),
      figure(say("train.rmse"), voice.significant(rmse)),
      figure(say("train.explained"), voice.percent(r2, 0)),
    ),
    element("p", { class: "quiet small" }, say("train.explainedMore", { samples: points.length })),
    element(
      "table",
      { class: "plain" },
      element("caption", { class: "small quiet" }, say("train.furthest")),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          [say("train.right"), say("train.told"), say("train.differs")].map((name) =>
            element("th", { scope: "col", class: "number" }, name),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        worst.map(({ right, told }) => element("tr", {}, number(right), number(told), number(told - right))),
      ),
    ),
  );
}
