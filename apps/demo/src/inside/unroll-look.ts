import { reducedMotion } from "../app/preferences.js";
import type { Site } from "../app/site.js";
import { Drawing, digitOf } from "../draw/drawing.js";
import { exampleStrokes } from "../draw/example-digits.js";
import { button, choice, slider } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { edgeFilter, outSize, Unroll, type UnrollGeometry } from "./unroll.js";
import { paintMap, paintMatrix, paintPicture } from "./unroll-pictures.js";
import { type Direction, readUnroll, SIZES, type UnrollSettings, writeUnroll } from "./unroll-settings.js";
import { Workbench } from "./workbench.js";

/** Shown where nothing has been drawn yet. */
const EXAMPLE = 3;

/** im2col and col2im on the visitor's digit, window by window. */
export function unrollLook(place: HTMLElement, site: Site): () => void {
  const look = new UnrollLook(site);
  place.append(look.element);
  look.start();
  return () => look.close();
}

class UnrollLook {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #bench = new Workbench();
  readonly #unroll = new Unroll(this.#bench);
  readonly #digit: Uint8Array;
  readonly #image = element("canvas", { role: "img" });
  readonly #matrix = element("canvas", { role: "img" });
  readonly #imageTitle = element("h3");
  readonly #matrixTitle = element("h3");
  readonly #position = element("p", { class: "quiet", "data-position": "" });
  readonly #map = element("canvas", { role: "img" });
  readonly #mapTitle = element("h3");
  readonly #row = element("div", { class: "patch-row" });
  readonly #filterRow = element("div", { class: "patch-row" });
  readonly #product = element("p", { class: "product", "data-product": "" });
  readonly #wholeWay: HTMLElement;
  readonly #note = element("p", { class: "quiet small" });
  readonly #play = element("div", { class: "row" });
  readonly #observer: ResizeObserver;
  #settings: UnrollSettings;
  #perSecond = 12;
  #picture: Float32Array = new Float32Array(0);
  #columns: Float32Array = new Float32Array(0);
  #sum: Float32Array = new Float32Array(0);
  #filter: Float32Array = new Float32Array(0);
  #mapped: Float32Array = new Float32Array(0);
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The geometry whose columns are there. */
  #computed: UnrollGeometry | undefined;
  #computing = false;
  #stale = false;
  #closed = false;

  constructor(site: Site) {
    const { say, address } = site;
    this.#site = site;
    const { strokes } = new Drawing(address);
    this.#digit = digitOf(strokes.length > 0 ? strokes : exampleStrokes(EXAMPLE))!;
    this.#settings = readUnroll(address);
    this.#settings = { ...this.#settings, at: Math.min(this.#settings.at, Math.max(0, this.#rows - 1)) };
    const mapFigure = element("figure", { class: "stack" }, this.#mapTitle, this.#map);
    this.#wholeWay = element(
      "div",
      { class: "stack" },
      element("h3", {}, say("unroll.filter")),
      this.#filterRow,
      this.#product,
    );
    this.element = element(
      "section",
      { class: "card stack wide" },
      element(
        "div",
        { class: "view-head" },
        element("h2", {}, say("unroll.title")),
        element("p", {}, say("unroll.more")),
      ),
      element(
        "div",
        { class: "unroll" },
        this.#controls(),
        element(
          "div",
          { class: "stack" },
          element("div", { class: "row spread" }, this.#play, this.#position),
          element(
            "div",
            { class: "unroll-stage" },
            element("figure", { class: "stack" }, this.#imageTitle, this.#image),
            element("figure", { class: "stack" }, this.#matrixTitle, this.#matrix),
            mapFigure,
          ),
          element("h3", {}, say("unroll.window")),
          this.#row,
          this.#wholeWay,
          this.#note,
        ),
      ),
    );
    this.#observer = new ResizeObserver(() => this.#paint());
    this.#observer.observe(this.#image);
  }

  start(): void {
    this.#showPlay();
    this.#paint();
    void this.#refresh();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#observer.disconnect();
    void this.#bench.close();
  }

  get #rows(): number {
    return Math.max(0, outSize(this.#settings.geometry)) ** 2;
  }

  #change(change: Partial<UnrollGeometry>, direction = this.#settings.direction): void {
    this.#settings = { geometry: { ...this.#settings.geometry, ...change }, direction, at: 0 };
    writeUnroll(this.#site.address, this.#settings);
    void this.#refresh();
  }

  #controls(): HTMLElement {
    const { say } = this.#site;
    const { geometry, direction } = this.#settings;
    const geometrySlider = (name: "kernel" | "stride" | "padding", min: number, max: number) =>
      slider({ label: say(`unroll.${name}`), value: geometry[name], min, max, step: 1 }, (value) =>
        this.#change({ [name]: value }),
      );
    return element(
      "div",
      { class: "stack" },
      choice<Direction>(
        {
          label: say("unroll.direction"),
          values: [
            { value: "forward", label: say("unroll.forward") },
            { value: "backward", label: say("unroll.backward") },
          ],
          value: direction,
        },
        (chosen) => this.#change({}, chosen),
      ),
      element("span", { class: "quiet small" }, say("unroll.size")),
      choice<string>(
        {
          label: say("unroll.size"),
          values: SIZES.map((value) => ({ value, label: `${value}×${value}` })),
          value: String(geometry.size),
        },
        (value) => this.#change({ size: Number(value) }),
      ),
      geometrySlider("kernel", 1, 7),
      geometrySlider("stride", 1, 4),
      geometrySlider("padding", 0, 3),
      slider(
        {
          label: say("unroll.pace"),
          value: this.#perSecond,
          min: 1,
          max: 60,
          step: 1,
          show: (value) => `${value} /s`,
        },
        (value) => {
          this.#perSecond = value;
          if (this.#timer !== undefined) this.#playOn();
        },
      ),
    );
  }

  #showPlay(): void {
    const { say } = this.#site;
    const playing = this.#timer !== undefined;
    const focused = this.#play.contains(document.activeElement);
    const main = button(
      { label: say(playing ? "unroll.pause" : "unroll.play"), icon: playing ? "pause" : "play", main: true },
      () => (playing ? this.#pause() : this.#playOn()),
    );
    const step = (by: number) => () => {
      this.#go(this.#settings.at + by);
      writeUnroll(this.#site.address, this.#settings);
    };
    fill(
      this.#play,
      main,
      button({ label: say("unroll.previous"), icon: "back", iconOnly: true }, step(-1)),
      button({ label: say("unroll.next"), icon: "step", iconOnly: true }, step(1)),
    );
    if (focused) main.focus();
  }

  #playOn(): void {
    clearInterval(this.#timer);
    if (reducedMotion()) {
      // All at once: nothing moves, and the whole matrix is there to be looked at.
      this.#go(this.#rows - 1);
      writeUnroll(this.#site.address, this.#settings);
      return;
    }
    this.#timer = setInterval(() => this.#go(this.#settings.at + 1), 1000 / this.#perSecond);
    this.#showPlay();
  }

  #pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    writeUnroll(this.#site.address, this.#settings);
    this.#showPlay();
  }

  /** To another window; after the last comes the first. */
  #go(to: number): void {
    const rows = this.#rows;
    if (rows === 0) return;
    this.#settings = { ...this.#settings, at: (to + rows) % rows };
    void this.#refresh();
  }

  /** Computes what is to be shown and shows it; what changes meanwhile is computed right after, once, however much it was. */
  async #refresh(): Promise<void> {
    this.#stale = true;
    if (this.#computing) return;
    this.#computing = true;
    try {
      while (this.#stale && !this.#closed) {
        this.#stale = false;
        await this.#compute();
        this.#paint();
      }
    } catch (error) {
      this.#position.textContent = this.#site.say("site.failed", {
        message: this.#site.voice.explain(error),
      });
    } finally {
      this.#computing = false;
    }
  }

  async #compute(): Promise<void> {
    const { geometry, direction, at } = this.#settings;
    const rows = this.#rows;
    if (geometry !== this.#computed) {
      const picture = shrink(this.#digit, geometry.size);
      const columns =
        rows === 0
          ? new Float32Array(0)
          : await this.#bench.inTurn(() => this.#unroll.columns(picture, geometry));
      this.#picture = picture;
      this.#columns = columns;
      this.#filter = edgeFilter(geometry.kernel);
      this.#mapped =
        rows === 0
          ? new Float32Array(0)
          : await this.#bench.inTurn(() => this.#unroll.map(columns, this.#filter, geometry));
      this.#computed = geometry;
    }
    if (direction === "backward" && rows > 0) {
      const some = this.#columns.slice();
      some.fill(0, (at + 1) * geometry.kernel ** 2);
      this.#sum = await this.#bench.inTurn(() => this.#unroll.picture(some, geometry));
    }
  }

  #paint(): void {
    if (this.#closed) return;
    const { say, voice } = this.#site;
    const { geometry, direction, at } = this.#settings;
    const { size, kernel } = geometry;
    const rows = this.#rows;
    const columns = kernel * kernel;
    const forward = direction === "forward";
    const side = { height: size, width: size };
    this.#imageTitle.textContent = say(forward ? "unroll.image" : "unroll.sum", side);
    this.#matrixTitle.textContent = say("unroll.matrix", { rows, cols: columns });
    this.#position.textContent =
      rows === 0 ? say("unroll.noWindow") : say("unroll.position", { row: at + 1, rows });
    this.#image.setAttribute("aria-label", this.#imageTitle.textContent);
    this.#matrix.setAttribute("aria-label", this.#matrixTitle.textContent);
    const factor = voice.number((rows * columns) / (size * size), 1);
    this.#note.textContent = `${say("unroll.grown", { factor })} ${say("unroll.byKernel")}`;
    // Before the kernels are there, and while they compute another geometry, there is no picture of this one.
    if (this.#computed !== geometry) return;
    if (forward) paintPicture(this.#image, this.#picture, 1, geometry, at);
    else paintPicture(this.#image, this.#sum, Math.max(1e-6, ...this.#sum), geometry, at);
    paintMatrix(this.#matrix, this.#columns, geometry, at, direction);
    this.#wholeWay.hidden = this.#map.parentElement!.hidden = !forward || rows === 0;
    if (forward && rows > 0) this.#paintMap(geometry, at);
    const row = this.#columns.subarray(at * columns, (at + 1) * columns);
    fill(
      this.#row,
      Array.from(row, (value) => element("span", {}, value.toFixed(2))),
    );
  }

  /** The map so far, and the number that this window becomes. */
  #paintMap(geometry: UnrollGeometry, at: number): void {
    const { say } = this.#site;
    const out = outSize(geometry);
    this.#mapTitle.textContent = say("unroll.map", { height: out, width: out });
    this.#map.setAttribute("aria-label", this.#mapTitle.textContent);
    paintMap(this.#map, this.#mapped, out, at);
    fill(
      this.#filterRow,
      Array.from(this.#filter, (value) => element("span", {}, value.toFixed(2))),
    );
    this.#product.textContent = say("unroll.product", { value: this.#mapped[at]!.toFixed(2) });
  }
}

/** The digit as [size, size] values in [0, 1]: each the mean of the pixels that it stands for. */
function shrink(digit: Uint8Array, size: number): Float32Array {
  const factor = 28 / size;
  const small = new Float32Array(size * size);
  for (let y = 0; y < 28; y++) {
    for (let x = 0; x < 28; x++) {
      small[Math.floor(y / factor) * size + Math.floor(x / factor)]! +=
        digit[y * 28 + x]! / (255 * factor * factor);
    }
  }
  return small;
}
