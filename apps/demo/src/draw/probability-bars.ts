import type { Voice } from "../text/index.js";
import { element } from "../ui/element.js";

/** Ten probabilities as bars; the bars are a table, so that they are also read out. */
export class ProbabilityBars {
  readonly element: HTMLTableElement;
  readonly #voice: Voice;
  readonly #rows: readonly { row: HTMLElement; bar: HTMLElement; text: HTMLElement }[];

  constructor(voice: Voice) {
    const { say } = voice;
    this.#voice = voice;
    this.#rows = Array.from({ length: 10 }, (_, digit) => {
      const bar = element("div");
      const text = element("td", { class: "number" }, "–");
      const row = element(
        "tr",
        {},
        element("th", { scope: "row" }, String(digit)),
        element("td", { class: "bar", "aria-hidden": "true" }, element("div", { class: "track" }, bar)),
        text,
      );
      return { row, bar, text };
    });
    this.element = element(
      "table",
      { class: "bars" },
      element("caption", { class: "unseen" }, say("draw.probabilities")),
      element(
        "thead",
        { class: "unseen" },
        element(
          "tr",
          {},
          element("th", { scope: "col" }, say("draw.digit")),
          element("td"),
          element("th", { scope: "col" }, say("draw.probability")),
        ),
      ),
      element(
        "tbody",
        {},
        this.#rows.map(({ row }) => row),
      ),
    );
  }

  /** Shows probabilities, or none. */
  show(probabilities: ArrayLike<number> | undefined, best = -1): void {
    this.#rows.forEach(({ row, bar, text }, digit) => {
      const share = probabilities?.[digit] ?? 0;
      bar.style.setProperty("--share", share.toFixed(4));
      row.classList.toggle("best", digit === best);
      text.textContent = probabilities ? this.#voice.percent(share) : "–";
    });
  }
}
