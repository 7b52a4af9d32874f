import type { Reading } from "../app/host-page.js";
import { reducedMotion } from "../app/preferences.js";
import type { ReaderName } from "../app/readers.js";
import type { Site } from "../app/site.js";
import { button, choice } from "../ui/controls.js";
import { copyable } from "../ui/copy.js";
import { element, fill } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { paintGrey, pixelCanvas } from "../ui/picture.js";
import { viewHead } from "../ui/view-head.js";
import { describeLayers } from "./describe-layers.js";
import { Drawing, digitOf } from "./drawing.js";
import { elementHtml } from "./element-html.js";
import { exampleStrokes } from "./example-digits.js";
import { exampleRow } from "./example-row.js";
import { Pad } from "./pad.js";
import { ProbabilityBars } from "./probability-bars.js";
import card from "./shipped-network.json";
import type { Stroke } from "./strokes.js";
import { TeachPanel } from "./teach-panel.js";
import { isUnlikeDigits } from "./unlike.js";
import unlikeCard from "./unlike-network.json";
import { byProbability, Verdict } from "./verdict.js";
import { whyThat } from "./why.js";
import { WhyPicture } from "./why-picture.js";

/** How long an example takes to be drawn, in milliseconds. */
const EXAMPLE_TIME = 550;

/** Draw a digit; the network reads every state of it. */
export function drawView(main: HTMLElement, site: Site): () => void {
  const view = new DrawView(site);
  const head = viewHead(site.say("draw.title"), site.say("draw.lead"));
  head.classList.add("draw-head");
  main.append(head, view.element);
  view.start();
  return () => view.close();
}

/** The pad for a page of one's own: a line of HTML, or two; written once somebody asks for it. */
function embedding({ say, announce }: Site): HTMLElement {
  const place = element("div", { class: "stack" });
  const write = () => {
    const words = { copy: say("site.copy"), copied: say("site.copied") };
    const pad = new URL("./#/draw?embed=1", document.baseURI).href;
    fill(
      place,
      element("p", { class: "quiet small" }, say("draw.embedMore")),
      copyable(`<iframe src="${pad}" title="Loam" width="400" height="560"></iframe>`, words, announce),
      element("p", { class: "quiet small" }, say("draw.embedOwn")),
      copyable(elementHtml("my-network.safetensors"), words, announce),
    );
  };
  return element(
    "details",
    { class: "embedding", ontoggle: write },
    element("summary", {}, say("draw.embed")),
    place,
  );
}

class DrawView {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #drawing: Drawing;
  readonly #pad: Pad;
  readonly #bars: ProbabilityBars;
  readonly #preview: HTMLCanvasElement;
  readonly #why = new WhyPicture();
  readonly #teach: TeachPanel;
  readonly #hint: HTMLElement;
  readonly #verdict: Verdict;
  readonly #about = element("p", { class: "quiet small" });
  readonly #readerChoice = element("div");
  readonly #inside = element("a", { class: "button" });
  readonly #train = element("a", { class: "button" });
  #strokes: readonly Stroke[] = [];
  /** Whether the pen is up: what is half drawn is like nothing yet. */
  #isSettled = true;
  #picked: number | undefined;
  #last: { probabilities: Float32Array; ms: number; unlike: boolean } | undefined;
  #reading = false;
  #dirty = false;
  #frame = 0;
  #ends: (() => void)[] = [];

  constructor(site: Site) {
    const { say, voice } = site;
    this.#site = site;
    this.#drawing = new Drawing(site.address);
    this.#bars = new ProbabilityBars(voice, (digit) => void this.#explain(digit));
    this.#pad = new Pad(
      { label: say("draw.pad"), penDown: say("draw.penDown"), penUp: say("draw.penUp") },
      (strokes, done) => {
        // Whoever draws, undoes or clears does not want the rest of an example.
        cancelAnimationFrame(this.#frame);
        this.#changed(strokes, done);
      },
      site.announce,
    );
    this.#preview = pixelCanvas(28, 28, say("draw.sees"));
    this.#hint = element(
      "div",
      { class: "pad-hint", "aria-hidden": "true" },
      element("strong", {}, say("draw.hint")),
      element("span", { class: "small" }, say("draw.hintMore")),
    );
    this.#verdict = new Verdict(site);
    this.#teach = new TeachPanel(
      site,
      () => this.#strokes,
      () => this.#pad.clear(),
      () => {
        site.address.set({ reader: "own" });
        this.#showReader();
        void this.#read();
      },
    );
    this.#inside.append(icon("inside"), say("draw.toInside"));
    this.#train.append(icon("train"), say("draw.toTrain"));
    this.element = element(
      "div",
      { class: "draw" },
      element(
        "section",
        { class: "stack", "aria-label": say("view.draw") },
        element("div", { class: "pad-frame" }, this.#pad.canvas, this.#hint, this.#why.canvas),
        element(
          "div",
          { class: "pad-tools" },
          this.#readerChoice,
          element(
            "div",
            { class: "row" },
            button({ label: say("draw.undo"), icon: "undo", plain: true }, () => this.#pad.undo()),
            button({ label: say("draw.clear"), icon: "clear", plain: true }, () => this.#pad.clear()),
          ),
        ),
        exampleRow(site, (digit) => this.#playExample(digit)),
        element(
          "div",
          { class: "seen" },
          this.#preview,
          element(
            "div",
            { class: "stack" },
            element("h2", {}, say("draw.sees")),
            element("p", { class: "quiet small" }, say("draw.seesMore")),
          ),
        ),
      ),
      element(
        "section",
        { class: "stack wide", "aria-label": say("draw.probabilities") },
        this.#verdict.element,
        this.#bars.element,
        element("p", { class: "quiet small why-hint" }, say("draw.whyHint")),
        this.#teach.element,
        this.#about,
        element("p", { class: "row" }, this.#inside, this.#train),
        embedding(site),
      ),
    );
  }

  start(): void {
    const { readers, address } = this.#site;
    this.#ends.push(
      readers.onChange(() => {
        this.#showReader();
        void this.#read();
      }),
      address.onChange(() => this.#linkOn()),
    );
    this.#linkOn();
    this.#showReader();
    // At once, so that the first stroke is read without delay.
    readers.shipped().catch((error: Error) => this.#verdict.showError(error));
    this.#strokes = this.#drawing.strokes;
    this.#pad.show(this.#strokes);
    this.#changed(this.#strokes, false, true);
  }

  close(): void {
    for (const end of this.#ends) end();
    cancelAnimationFrame(this.#frame);
    this.#verdict.close();
    this.#pad.close();
  }

  /** What to do next, with the drawing. */
  #linkOn(): void {
    const { address } = this.#site;
    this.#inside.href = address.link("inside");
    this.#train.href = address.link("train");
  }

  get #reader(): ReaderName {
    return this.#site.address.get("reader") === "own" && this.#site.readers.ownReads ? "own" : "shipped";
  }

  #showReader(): void {
    const { say, readers, address } = this.#site;
    if (readers.ownReads) {
      fill(
        this.#readerChoice,
        choice<ReaderName>(
          {
            label: say("draw.reader"),
            values: [
              { value: "shipped", label: say("draw.shipped") },
              { value: "own", label: say("draw.own") },
            ],
            value: this.#reader,
          },
          (reader) => {
            address.set({ reader: reader === "own" ? reader : undefined });
            this.#showAbout();
            void this.#read();
          },
        ),
      );
    } else fill(this.#readerChoice);
    this.#showAbout();
  }

  /** What is told of the network: of the shipped one what the card says that was written with it, before it is there. */
  #showAbout(): void {
    const { say, voice, readers } = this.#site;
    if (this.#reader === "own") {
      this.#about.textContent = say("draw.aboutOwn", { parameters: readers.own!.parameters });
      return;
    }
    this.#about.textContent = say("draw.about", {
      layers: describeLayers(card.layers),
      parameters: card.parameters,
      samples: card.trainingSamples,
      accuracy: voice.percent(card.testAccuracy, 2),
      tested: card.testSamples,
      size: `${voice.number(Math.round(card.bytes / 1000))} KB`,
    });
  }

  /** Draws an example as a hand would, or at once where less movement is wanted. */
  #playExample(digit: number): void {
    cancelAnimationFrame(this.#frame);
    const strokes = exampleStrokes(digit);
    const points = strokes.reduce((total, stroke) => total + stroke.length, 0);
    const began = performance.now();
    const draw = (now: number) => {
      let left = reducedMotion() ? points : Math.ceil(((now - began) / EXAMPLE_TIME) * points);
      const shown: Stroke[] = [];
      for (const stroke of strokes) {
        if (left > 0) shown.push(stroke.slice(0, left));
        left -= stroke.length;
      }
      this.#pad.show(shown);
      this.#changed(shown, left >= 0);
      if (left < 0) this.#frame = requestAnimationFrame(draw);
    };
    draw(began);
  }

  #changed(strokes: readonly Stroke[], done: boolean, isSettled = done): void {
    this.#strokes = strokes;
    this.#isSettled = isSettled;
    this.#picked = undefined;
    this.#bars.release();
    this.#why.hide();
    this.#hint.hidden = strokes.length > 0;
    this.#teach.enable(strokes.length > 0);
    if (done) this.#drawing.keep(strokes);
    void this.#read();
  }

  /** Shows what speaks for and against a digit, or the verdict again. */
  async #explain(digit: number | undefined): Promise<void> {
    this.#picked = digit;
    const picture = digitOf(this.#strokes);
    if (digit === undefined || !picture || !this.#last) {
      this.#why.hide();
      this.#showVerdict();
      return;
    }
    const says = await whyThat(await this.#site.readers.get(this.#reader), picture, digit);
    if (this.#picked !== digit || !this.#last) return;
    this.#why.show(picture, says);
    this.#verdict.showWhy(digit, this.#last.probabilities[digit]!);
  }

  #showVerdict(): void {
    if (!this.#last) this.#verdict.showNothing();
    else if (this.#last.unlike) this.#verdict.showUnlike(this.#last.probabilities);
    else this.#verdict.show(this.#last.probabilities, this.#last.ms);
  }

  /** Reads the drawing as it is; what changes meanwhile is read right after. */
  async #read(): Promise<void> {
    if (this.#reading) {
      this.#dirty = true;
      return;
    }
    const digit = digitOf(this.#strokes);
    paintGrey(this.#preview, digit ?? new Uint8Array(784));
    if (!digit) {
      this.#last = undefined;
      this.#bars.show(undefined);
      this.#verdict.showNothing();
      return;
    }
    this.#reading = true;
    try {
      const model = await this.#site.readers.get(this.#reader);
      const began = performance.now();
      const { probabilities } = await model.classify({ data: digit, shape: [1, ...model.inputShape] });
      const ms = performance.now() - began;
      const isAsked = this.#isSettled && this.#reader === "shipped";
      const unlike = isAsked && (await isUnlikeDigits(digit, unlikeCard.threshold));
      if (this.#strokes.length > 0) {
        this.#last = { probabilities: probabilities.data, ms, unlike };
        this.#bars.show(probabilities.data, unlike ? -1 : byProbability(probabilities.data)[0]);
        if (this.#picked === undefined) this.#showVerdict();
        const [digit = 0] = byProbability(probabilities.data);
        const detail = { digit, probabilities: [...probabilities.data] } satisfies Reading;
        this.element.dispatchEvent(new CustomEvent("digit-read", { detail, bubbles: true }));
      }
    } catch (error) {
      this.#verdict.showError(error as Error);
    } finally {
      this.#reading = false;
    }
    if (this.#dirty) {
      this.#dirty = false;
      await this.#read();
    }
  }
}
