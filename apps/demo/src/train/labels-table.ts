import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import type { LabelsExamination } from "./examination.js";

/** How well a network tells labels, each by itself: how often it is right, and what became of those that hold. */
export function labelsTable({ say, voice }: Site, { samples, labels }: LabelsExamination): HTMLElement {
  const cell = (text: string) => element("td", { class: "number" }, text);
  const heads = ["train.correct", "train.labelHolds", "train.labelFound", "train.labelTrue"] as const;
  return element(
    "div",
    { class: "stack" },
    element("p", { class: "quiet small" }, say("train.labelsMore", { samples })),
    element(
      "div",
      { class: "table-frame", tabindex: 0, role: "region", "aria-label": say("train.byColumn") },
      element(
        "table",
        { class: "plain", "data-labels": "" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            element("td"),
            heads.map((head) => element("th", { scope: "col", class: "number" }, say(head))),
          ),
        ),
        element(
          "tbody",
          {},
          labels.map(({ target, accuracy, yes: { support, recall, precision } }) =>
            element(
              "tr",
              {},
              element("th", { scope: "row" }, target.name),
              cell(voice.percent(accuracy, 0)),
              cell(`${voice.number(support)} × ${target.yes}`),
              cell(voice.percent(recall, 0)),
              cell(voice.percent(precision, 0)),
            ),
          ),
        ),
      ),
    ),
  );
}
