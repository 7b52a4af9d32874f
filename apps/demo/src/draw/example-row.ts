import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";

/** Ten buttons, one for an example of each digit. */
export function exampleRow({ say }: Site, onexample: (digit: number) => void): HTMLElement {
  return element(
    "div",
    { class: "stack" },
    element("h2", { class: "small quiet", id: "examples-title" }, say("draw.examples")),
    element(
      "div",
      { class: "examples", role: "group", "aria-labelledby": "examples-title" },
      Array.from({ length: 10 }, (_, digit) =>
        element(
          "button",
          { type: "button", "aria-label": say("draw.example", { digit }), onclick: () => onexample(digit) },
          String(digit),
        ),
      ),
    ),
  );
}
