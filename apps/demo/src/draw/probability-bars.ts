import type { Voice } from "../text/index.js";
import { element } from "../ui/element.js";

/**
 * Ten probabilities as bars; the bars are a table, so that they are also read out. A digit that is pointed at, tapped or has the focus is told to
 * `onpick`, and undefined when that is over; without it there is nothing to pick.
 */
export class ProbabilityBars {
  readonly element: HTMLTableElement;
  readonly #voice: Voice;
  readonly #rows: readonly {
    row: HTMLElement;
    bar: HTMLElement;
    text: HTMLElement;
    name: HTMLElement;
  }[];

  readonly #onpick: ((digit: number | undefined) => void) | undefined;
  #picked: number | undefined;

  constructor(voice: Voice, onpick?: (digit: number | undefined) => void) {
    const { say } = voice;
    this.#voice = voice;
    this.#onpick = onpick;
    this.#rows = Array.from({ length: 10 }, (_, digit) => {
      const bar = element("div");
      const text = element("td", { class: "number" }, "–");
      const name = element(
        "button",
        {
          type: "button",
          "aria-pressed": "false",
          "aria-label": say("draw.whyThis", { digit }),
          onfocus: (event: FocusEvent) =>
            (event.target as HTMLElement).matches(":focus-visible") && this.#pick(digit),
          onblur: () => this.#picked === digit && this.#pick(undefined),
          onkeydown: (event: KeyboardEvent) => event.key === "Escape" && this.#pick(undefined),
        },
        String(digit),
      );
      const row = element(
        "tr",
        {
          onpointerenter: (event: PointerEvent) => event.pointerType === "mouse" && this.#pick(digit),
          onpointerleave: (event: PointerEvent) => event.pointerType === "mouse" && this.#pick(undefined),
          // A tap, or a press of the key; a mouse has picked by coming here.
          onclick: (event: MouseEvent) => {
            const isMouse = event instanceof PointerEvent && event.pointerType === "mouse";
            if (!isMouse) this.#pick(this.#picked === digit ? undefined : digit);
          },
        },
        element("th", { scope: "row" }, onpick ? name : String(digit)),
        element("td", { class: "bar", "aria-hidden": "true" }, element("div", { class: "track" }, bar)),
        text,
      );
      return { row, bar, text, name };
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

  /** Nobody asks about a digit any more, as when another drawing has begun. */
  release(): void {
    this.#picked = undefined;
    this.#mark();
  }

  #pick(digit: number | undefined): void {
    if (digit === this.#picked) return;
    this.#picked = digit;
    this.#mark();
    this.#onpick?.(digit);
  }

  #mark(): void {
    this.#rows.forEach(({ row, name }, digit) => {
      row.classList.toggle("picked", digit === this.#picked);
      name.setAttribute("aria-pressed", String(digit === this.#picked));
    });
  }
}
