import type { Sequential } from "@loam/nn";
import type { Site } from "../app/site.js";
import { button } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { offerFile } from "../ui/offer-file.js";
import { csvOf, idxImages, idxLabels } from "./hand-files.js";
import { HandStore } from "./hand-store.js";
import type { Change, HandLearned } from "./learn-hand.js";
import type { Stroke } from "./strokes.js";

/** So many drawings are needed before there is something to learn. */
const ENOUGH = 10;

/** The copy that has learned a hand; the one before it is closed when another takes its place. */
let taught: Sequential | undefined;

/** "It was a …": names what was drawn, keeps it on the device, and lets a copy of the network learn from it. */
export class TeachPanel {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #store = new HandStore();
  readonly #names: HTMLElement;
  readonly #kept = element("div", { class: "stack" });
  readonly #told = element("p", { class: "small", role: "status" });
  readonly #strokes: () => readonly Stroke[];
  readonly #onNamed: () => void;
  readonly #onTaught: () => void;
  #busy = false;
  #learned: HandLearned | undefined;

  constructor(site: Site, strokes: () => readonly Stroke[], onNamed: () => void, onTaught: () => void) {
    const { say } = site;
    this.#site = site;
    this.#strokes = strokes;
    this.#onNamed = onNamed;
    this.#onTaught = onTaught;
    this.#names = element(
      "div",
      { class: "examples", role: "group", "aria-labelledby": "teach-title" },
      Array.from({ length: 10 }, (_, digit) =>
        element(
          "button",
          { type: "button", "aria-label": say("draw.itWasA", { digit }), onclick: () => this.#name(digit) },
          String(digit),
        ),
      ),
    );
    this.element = element(
      "section",
      { class: "teach stack", "aria-labelledby": "teach-title" },
      element("h2", { class: "small quiet", id: "teach-title" }, say("draw.itWas")),
      this.#names,
      this.#told,
      this.#kept,
    );
    this.#show();
  }

  /** Whether there is a drawing to name. */
  enable(isDrawn: boolean): void {
    for (const control of this.#names.querySelectorAll("button")) control.disabled = !isDrawn;
  }

  #name(digit: number): void {
    const { say, announce } = this.#site;
    const isKept = this.#store.add({ digit, strokes: this.#strokes() });
    const { length } = this.#store.lessons;
    const more = length < ENOUGH ? say("draw.moreToLearn", { more: ENOUGH - length }) : "";
    const text = `${say(isKept ? "draw.kept" : "draw.keptBriefly", { kept: length })} ${more}`;
    this.#told.textContent = text;
    announce(text);
    this.#show();
    this.#onNamed();
  }

  #show(): void {
    const { say } = this.#site;
    const { length } = this.#store.lessons;
    if (length === 0) {
      fill(this.#kept);
      return;
    }
    fill(
      this.#kept,
      element(
        "div",
        { class: "row" },
        button(
          {
            label: say("draw.learn", { kept: length }),
            icon: "train",
            main: length >= ENOUGH,
            disabled: length < ENOUGH || this.#busy,
          },
          () => void this.#learn(),
        ),
        button({ label: say("draw.forgetLast"), plain: true, disabled: this.#busy }, () => {
          this.#store.removeLast();
          this.#told.textContent = say("draw.kept", { kept: this.#store.lessons.length });
          this.#show();
        }),
      ),
      this.#learned && this.#result(this.#learned),
      element(
        "details",
        {},
        element("summary", {}, say("draw.takeDrawings", { kept: length })),
        element(
          "div",
          { class: "row" },
          button({ label: say("draw.asIdx"), icon: "download" }, () => void this.#download("idx")),
          button({ label: say("draw.asCsv"), icon: "download" }, () => void this.#download("csv")),
          button({ label: say("draw.forgetAll"), icon: "clear", plain: true, disabled: this.#busy }, () => {
            this.#store.clear();
            this.#learned = undefined;
            this.#told.textContent = say("draw.kept", { kept: 0 });
            this.#show();
          }),
        ),
        element("p", { class: "quiet small" }, say("draw.takeMore")),
      ),
    );
  }

  /** A table of before and after. */
  #result({ learned, unseen, others }: HandLearned): HTMLElement {
    const { say, voice } = this.#site;
    const row = (name: string, { samples, before, after }: Change) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, `${name} (${voice.number(samples)})`),
        element("td", { class: "number" }, voice.number(before)),
        element("td", { class: "number" }, voice.number(after)),
      );
    return element(
      "table",
      { class: "plain", "data-taught": "" },
      element("caption", { class: "unseen" }, say("draw.readRight")),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "col" }, say("draw.readRight")),
          element("th", { scope: "col", class: "number" }, say("draw.before")),
          element("th", { scope: "col", class: "number" }, say("draw.after")),
        ),
      ),
      element(
        "tbody",
        {},
        row(say("draw.learnedFrom"), learned),
        row(say("draw.notLearnedFrom"), unseen),
        row(say("draw.otherHands"), others),
      ),
    );
  }

  async #learn(): Promise<void> {
    const { say, voice, readers, announce } = this.#site;
    this.#busy = true;
    this.#show();
    try {
      this.#told.textContent = say("draw.learning", { share: voice.percent(0, 0) });
      const { learnHand } = await import("./learn-hand.js");
      const model = await readers.shipped();
      this.#learned = await learnHand(model, this.#store.lessons, (share) => {
        this.#told.textContent = say("draw.learning", { share: voice.percent(share, 0) });
      });
      const before = taught;
      taught = this.#learned.model;
      readers.setOwn(taught);
      await before?.close();
      this.#told.textContent = say("draw.taught");
      announce(say("draw.taught"));
      this.#onTaught();
    } catch (error) {
      this.#told.textContent = say("site.failed", { message: this.#site.voice.explain(error) });
    } finally {
      this.#busy = false;
      this.#show();
    }
  }

  async #download(kind: "idx" | "csv"): Promise<void> {
    const { picturesOf } = await import("./learn-hand.js");
    const pictures = picturesOf(this.#store.lessons);
    if (kind === "csv") {
      offerFile(new Blob([csvOf(pictures)], { type: "text/csv" }), "my-hand.csv");
      return;
    }
    offerFile(new Blob([idxImages(pictures)]), "train-images-idx3-ubyte");
    offerFile(new Blob([idxLabels(pictures)]), "train-labels-idx1-ubyte");
  }
}
