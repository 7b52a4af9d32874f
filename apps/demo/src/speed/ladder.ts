import { element } from "../ui/element.js";

export interface Rung {
  readonly label: string;
  readonly value: number | undefined;
  readonly kind?: "other" | "fast";
}

/** Measurements as bars in a table, the longest one full; what is not measured yet has no bar. */
export function ladder(
  caption: string,
  head: readonly [string, string],
  rungs: readonly Rung[],
  show: (value: number) => string,
): HTMLElement {
  const largest = Math.max(1e-9, ...rungs.map(({ value }) => value ?? 0));
  return element(
    "table",
    { class: "ladder" },
    element("caption", { class: "unseen" }, caption),
    element(
      "thead",
      { class: "unseen" },
      element(
        "tr",
        {},
        element("th", { scope: "col" }, head[0]),
        element("td"),
        element("th", { scope: "col" }, head[1]),
      ),
    ),
    element(
      "tbody",
      {},
      rungs.map(({ label, value, kind }) => {
        const bar = element("div");
        bar.style.transform = `scaleX(${(value ?? 0) / largest})`;
        return element(
          "tr",
          { class: kind },
          element("th", { scope: "row" }, label),
          element("td", { class: "bar", "aria-hidden": "true" }, element("div", { class: "track" }, bar)),
          element("td", { class: "number" }, value === undefined ? "–" : show(value)),
        );
      }),
    ),
  );
}
