import type { Site } from "../app/site.js";
import { digitOf } from "../draw/drawing.js";
import { Pad } from "../draw/pad.js";
import { encodeStrokes, type Stroke } from "../draw/strokes.js";
import { byProbability } from "../draw/verdict.js";
import { Change } from "../ui/change.js";
import { button } from "../ui/controls.js";
import { element } from "../ui/element.js";
import type { Run } from "./run.js";
import { readSettings } from "./settings.js";

/** A small pad that the network of the run reads, while it learns and when it is done: then with the figure that it has come to. */
export class DrawForIt {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #pad: Pad;
  readonly #figure = element("strong", { class: "end-figure", "data-end-figure": "" });
  readonly #words = element("p", { class: "small" });
  readonly #answer = element("p", { class: "small-answer", "data-answer": "" }, "\u00a0");
  readonly #large = element("a", { class: "button plain" });
  readonly #written = new Change();
  #strokes: readonly Stroke[] = [];
  #run: Run | undefined;
  #shownLook: unknown;
  #reading = false;
  #isDirty = false;

  constructor(site: Site) {
    const { say } = site;
    this.#site = site;
    this.#pad = new Pad(
      { label: say("draw.pad"), penDown: say("draw.penDown"), penUp: say("draw.penUp") },
      (strokes) => {
        this.#strokes = strokes;
        this.#linkOn();
        void this.#read();
      },
      site.announce,
    );
    this.#large.append(say("train.largePad"));
    this.element = element(
      "section",
      { class: "draw-for-it", "aria-label": say("train.drawForIt"), hidden: true },
      element("div", { class: "end-words" }, this.#figure, this.#words),
      element("div", { class: "pad-frame" }, this.#pad.canvas),
      this.#answer,
      element(
        "div",
        { class: "row" },
        button({ label: say("draw.clear"), plain: true }, () => this.#pad.clear()),
        this.#large,
      ),
    );
  }

  close(): void {
    this.#pad.close();
  }

  show(run: Run | undefined): void {
    // Before a run its place is there already, and can be drawn on.
    const isDigits = run ? readsDigits(run) : readSettings(this.#site.address).data === "digits";
    this.element.hidden = !isDigits;
    if (!isDigits) return;
    this.#run = run;
    const isDone = run?.state === "done";
    const examined = run?.examination?.kind === "classes" ? run.examination : undefined;
    const accuracy = examined?.accuracy;
    const samples = examined?.samples ?? 0;
    if (this.#written.to([isDone, accuracy])) {
      const { say, voice } = this.#site;
      this.element.classList.toggle("done", isDone);
      this.#figure.textContent =
        isDone && accuracy !== undefined ? voice.percent(accuracy, 2) : say("train.drawForIt");
      this.#words.textContent = isDone ? say("train.nowDraw", { samples }) : say("train.drawMeanwhile");
      this.#linkOn();
    }
    // What it learned in between may change its mind.
    if (run?.look !== this.#shownLook) {
      this.#shownLook = run?.look;
      void this.#read();
    }
  }

  /** The drawing goes along to the large pad. */
  #linkOn(): void {
    const { address } = this.#site;
    const d = encodeStrokes(this.#strokes);
    this.#large.href = address.link("draw", { reader: "own", ...(d && { d }) });
  }

  async #read(): Promise<void> {
    const digit = digitOf(this.#strokes);
    const model = this.#run?.model;
    if (!digit || !model || !this.#run?.look) {
      this.#answer.textContent = "\u00a0";
      return;
    }
    if (this.#reading) {
      this.#isDirty = true;
      return;
    }
    this.#reading = true;
    try {
      const { probabilities } = await model.classify({ data: digit, shape: [1, 1, 28, 28] });
      const [best = 0] = byProbability(probabilities.data);
      const { say, voice } = this.#site;
      this.#answer.textContent = say("train.itSays", {
        digit: this.#run?.test?.classNames?.[best] ?? String(best),
        share: voice.percent(probabilities.data[best]!, 0),
      });
    } catch {
      // The run was reset meanwhile, and its network is gone.
      this.#answer.textContent = "\u00a0";
    } finally {
      this.#reading = false;
    }
    if (this.#isDirty) {
      this.#isDirty = false;
      await this.#read();
    }
  }
}

function readsDigits({ settings, files }: Run): boolean {
  return settings.data === "digits" || (files?.looksLikeDigits ?? false);
}
