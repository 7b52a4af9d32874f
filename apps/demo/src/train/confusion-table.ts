import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import type { ClassesExamination } from "./examination.js";

/** Above these shares of its row a field is painted darker. */
const RIGHT = [0.5, 0.9] as const;
const WRONG = [0.02, 0.1] as const;
/** More classes than this make a table that nobody reads. */
const MOST_CLASSES = 20;

/** What was taken for what: a table, its fields shaded by their share of the row. */
export function confusionTable(
  { say, voice }: Site,
  { counts, classes, names, samples }: ClassesExamination,
): HTMLElement {
  const shown = Math.min(classes, MOST_CLASSES);
  const indices = Array.from({ length: shown }, (_, i) => i);
  const rows = indices.map((label) => {
    const row = counts.subarray(label * classes, (label + 1) * classes);
    const total = row.reduce((sum, count) => sum + count, 0);
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, names[label]),
      indices.map((read) => {
        const count = row[read]!;
        const share = total === 0 ? 0 : count / total;
        const [some, many] = label === read ? RIGHT : WRONG;
        const level = share >= many ? 3 : share >= some ? 2 : 1;
        const kind = label === read ? "right" : "wrong";
        return element("td", { class: count === 0 ? "empty" : `${kind}-${level}` }, voice.number(count));
      }),
    );
  });
  return element(
    "div",
    { class: "stack" },
    element("p", { class: "quiet small" }, say("train.confusionMore", { samples })),
    element(
      "div",
      { class: "table-frame", tabindex: 0, role: "region", "aria-label": say("train.confusion") },
      element(
        "table",
        { class: "confusion" },
        element("caption", { class: "unseen" }, say("train.confusion")),
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            element("td", { class: "corner" }),
            indices.map((read) => element("th", { scope: "col" }, names[read])),
          ),
        ),
        element("tbody", {}, rows),
      ),
    ),
  );
}
