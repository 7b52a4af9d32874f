import { element } from "./element.js";

/** Numbers that are shown as a picture, as a table to open: its first column names the rows. */
export function numbersTable(
  label: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): HTMLElement {
  return element(
    "details",
    {},
    element("summary", {}, label),
    element(
      "div",
      { class: "table-frame" },
      element(
        "table",
        { class: "plain" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            head.map((name, i) => element("th", { scope: "col", class: i > 0 ? "number" : "" }, name)),
          ),
        ),
        element(
          "tbody",
          {},
          rows.map(([first = "", ...others]) =>
            element(
              "tr",
              {},
              element("th", { scope: "row" }, first),
              others.map((value) => element("td", { class: "number" }, value)),
            ),
          ),
        ),
      ),
    ),
  );
}
