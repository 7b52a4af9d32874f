import type { Site } from "../app/site.js";
import { Change } from "../ui/change.js";
import { element, fill } from "../ui/element.js";
import { css, paintGrey, pixelCanvas, ramp, token } from "../ui/picture.js";
import { paintTiles, tiles } from "../ui/tiles.js";
import { BINS, type Histogram, type Look } from "./look.js";
import type { Run } from "./run.js";
import { readSettings } from "./settings.js";

const SIDE = 28;
const DIGITS = 10;
/** The histogram's size in pixels: a bar is 8 wide. */
const BAR = 8;
const HEIGHT = 96;

/** Learning made visible: ten samples that turn right, what the first layer looks for, and where the weights lie. */
export class LearningPanel {
  readonly element = element("div", { class: "learning", hidden: true });
  readonly #site: Site;
  readonly #title = element("h3");
  readonly #samples = element("ol", { class: "watched" });
  readonly #pictures = element("div", { class: "templates" });
  readonly #histogram: HTMLCanvasElement;
  readonly #range = element("figcaption", { class: "quiet small" });
  readonly #written = new Change();
  readonly #laidOut = new Change();
  readonly #tiled = new Change();
  #items: { item: HTMLElement; canvas: HTMLCanvasElement; text: HTMLElement }[] = [];
  #tiles: HTMLCanvasElement | undefined;
  #shownFresh: Uint8Array | undefined;
  #shownLook: Look | undefined;

  constructor(site: Site) {
    const { say } = site;
    this.#site = site;
    this.#histogram = pixelCanvas(BINS * BAR, HEIGHT, say("train.histogram"));
    this.#histogram.classList.remove("pixels");
    this.element.append(
      element("section", { class: "stack watched-part" }, this.#title, this.#samples),
      element(
        "div",
        { class: "weights-seen" },
        element("figure", { class: "stack" }, element("h3", {}, say("train.templates")), this.#pictures),
        element(
          "figure",
          { class: "stack" },
          element("h3", {}, say("train.histogram")),
          this.#histogram,
          this.#range,
        ),
      ),
    );
  }

  show(run: Run | undefined): void {
    // Before a run the places are there already: nothing moves when it fills them.
    const isPicture = run ? showsPictures(run) : readSettings(this.#site.address).data === "digits";
    this.element.hidden = !isPicture;
    if (!isPicture) return;
    this.#showSamples(run ?? {});
    const look = run?.look;
    if (!look) this.#clear();
    if (!look || look === this.#shownLook) return;
    this.#shownLook = look;
    this.#showReadings(run, look);
    this.#showPictures(look);
    this.#showHistogram(look.weights);
  }

  /** Takes away what was seen of an earlier run. */
  #clear(): void {
    if (this.#range.textContent === "") return;
    this.#shownLook = undefined;
    this.#tiled.to(undefined);
    fill(this.#pictures);
    this.#pictures.parentElement!.hidden = false;
    this.#histogram.getContext("2d")!.clearRect(0, 0, BINS * BAR, HEIGHT);
    this.#histogram.setAttribute("aria-label", this.#site.say("train.histogram"));
    this.#range.textContent = "";
  }

  /** While digits are drawn, the newest of them; then those that are watched; before that, empty places. */
  #showSamples({ watched, fresh, test }: Partial<Pick<Run, "watched" | "fresh" | "test">>): void {
    const { say } = this.#site;
    const count = watched?.inputs.shape[0] ?? DIGITS;
    const [height = SIDE, width = SIDE] = watched?.inputs.shape.slice(2) ?? [];
    if (this.#laidOut.to([count, width, height, !watched && !fresh])) {
      this.#items = Array.from({ length: count }, () => {
        const canvas = pixelCanvas(width, height);
        const text = element("span", { class: "reading" }, "\u00a0");
        return { canvas, text, item: element("li", {}, canvas, text) };
      });
      fill(
        this.#samples,
        this.#items.map(({ item }) => item),
      );
      this.#shownFresh = undefined;
    }
    const data = (watched?.inputs.data as Uint8Array | undefined) ?? fresh;
    if (data && data !== this.#shownFresh) {
      this.#shownFresh = data;
      const size = width * height;
      for (const [i, { canvas }] of this.#items.entries())
        paintGrey(canvas, data.subarray(i * size, (i + 1) * size));
    }
    if (!this.#written.to([watched !== undefined, fresh !== undefined, watched && test?.name])) return;
    this.#shownLook = undefined;
    this.#title.textContent = say(!watched && fresh ? "train.drawnNow" : "train.watched");
    for (const { item, text } of this.#items) {
      item.className = "";
      text.textContent = watched ? "?" : "\u00a0";
    }
  }

  /** Grey until right; the sign says it to whoever sees no colour. */
  #showReadings({ test }: Run, { readings }: Look): void {
    const { say } = this.#site;
    const nameOf = (label: number) => test?.classNames?.[label] ?? String(label);
    for (const [i, { label, read }] of readings.entries()) {
      const shown = this.#items[i];
      if (!shown) continue;
      const isRight = label === read;
      shown.item.className = isRight ? "right" : "";
      shown.text.textContent = `${nameOf(read)}${isRight ? " ✓" : ""}`;
      shown.item.setAttribute(
        "aria-label",
        say("train.mistake", { label: nameOf(label), read: nameOf(read) }),
      );
    }
  }

  #showPictures({ pictures }: Look): void {
    const { say } = this.#site;
    this.#pictures.parentElement!.hidden = !pictures;
    if (!pictures) return;
    const { count, width, height } = pictures;
    if (!this.#tiled.to([count, width, height])) {
      paintTiles(this.#tiles!, pictures, ramp());
      return;
    }
    const set = { ...pictures, columns: count <= DIGITS ? 5 : 8 };
    this.#tiles = tiles(set, 240, ramp(), say("train.templates"));
    // As wide as its place is.
    this.#tiles.style.width = "";
    fill(this.#pictures, this.#tiles);
  }

  #showHistogram({ counts, reach, total }: Histogram): void {
    const { say, voice } = this.#site;
    const context = this.#histogram.getContext("2d")!;
    context.clearRect(0, 0, BINS * BAR, HEIGHT);
    const most = Math.max(1, ...counts);
    for (const [bin, count] of counts.entries()) {
      const middle = (BINS - 1) / 2;
      context.fillStyle = css(token(bin < middle ? "--negative" : "--positive"));
      // By its root: a single weight far out is still seen.
      const height = Math.ceil(Math.sqrt(count / most) * HEIGHT);
      context.fillRect(bin * BAR, HEIGHT - height, BAR - 1, height);
    }
    const digits = reach < 1 ? 3 : 0;
    const text = say("train.histogramMore", {
      total,
      low: `−${voice.number(reach, digits)}`,
      high: voice.number(reach, digits),
    });
    this.#histogram.setAttribute("aria-label", text);
    this.#range.textContent = text;
  }
}

/** Whether a run learns from grey pictures, of which there is something to see. */
function showsPictures({ settings, files }: Run): boolean {
  if (settings.data === "digits") return true;
  if (!files) return false;
  const { inputShape, bytes } = files.facts;
  return bytes && inputShape.length === 3 && inputShape[0] === 1;
}
