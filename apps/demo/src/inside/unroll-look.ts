import type { Site } from "../app/site.js";
import { Drawing, digitOf } from "../draw/drawing.js";
import { exampleStrokes } from "../draw/example-digits.js";
import { button, choice, slider } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { css, mix, ramp, token } from "../ui/picture.js";
import { outSize, Unroll, type UnrollGeometry } from "./unroll.js";
import { Workbench } from "./workbench.js";

type Direction = "forward" | "backward";

/** The pictures to choose from: the digit made smaller, so that its pixels can be told apart, or whole. */
const SIZES = ["7", "14", "28"] as const;

/** im2col and col2im on the visitor's digit, window by window. */
export async function unrollLook(place: HTMLElement, site: Site): Promise<() => void> {
  const bench = await Workbench.open();
  const look = new UnrollLook(site, new Unroll(bench));
  place.append(look.element);
  await look.start();
  return () => {
    look.close();
    void bench.close();
  };
}

class UnrollLook {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #unroll: Unroll;
  readonly #digit: Uint8Array;
  readonly #image: HTMLCanvasElement;
  readonly #matrix: HTMLCanvasElement;
  readonly #imageTitle = element("h3");
  readonly #matrixTitle = element("h3");
  readonly #position = element("p", { class: "quiet", "data-position": "" });
  readonly #row = element("div", { class: "patch-row" });
  readonly #note = element("p", { class: "quiet small" });
  readonly #play: HTMLElement;
  readonly #observer: ResizeObserver;
  #geometry: UnrollGeometry = { size: 14, kernel: 3, stride: 1, padding: 0 };
  #direction: Direction = "forward";
  #perSecond = 12;
  #at = 0;
  #columns: Float32Array = new Float32Array(0);
  #picture: Float32Array = new Float32Array(0);
  #sum: Float32Array = new Float32Array(0);
  #timer: ReturnType<typeof setInterval> | undefined;
  #computing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(site: Site, unroll: Unroll) {
    const { say, address } = site;
    this.#site = site;
    this.#unroll = unroll;
    const { strokes } = new Drawing(address);
    this.#digit = digitOf(strokes.length > 0 ? strokes : exampleStrokes(3))!;
    this.#read();
    this.#image = element("canvas", { role: "img" });
    this.#matrix = element("canvas", { role: "img" });
    this.#play = element("div", { class: "row" });
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
          ),
          element("h3", {}, say("unroll.window")),
          this.#row,
          this.#note,
        ),
      ),
    );
    this.#observer = new ResizeObserver(() => this.#paint());
    this.#observer.observe(this.#image);
  }

  async start(): Promise<void> {
    this.#showPlay();
    await this.#compute();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#observer.disconnect();
  }

  get #rows(): number {
    return Math.max(0, outSize(this.#geometry)) ** 2;
  }

  /** The geometry is in the address under `unroll`: size, kernel, stride, padding, and b for backwards. */
  #read(): void {
    const [size, kernel, stride, padding, direction] = (this.#site.address.get("unroll") ?? "").split("-");
    const number = (text: string | undefined, least: number, most: number, otherwise: number) => {
      const value = text ? Number(text) : Number.NaN;
      return Number.isInteger(value) && value >= least && value <= most ? value : otherwise;
    };
    this.#geometry = {
      size: (SIZES as readonly (string | undefined)[]).includes(size) ? Number(size) : 14,
      kernel: number(kernel, 1, 7, 3),
      stride: number(stride, 1, 4, 1),
      padding: number(padding, 0, 3, 0),
    };
    this.#direction = direction === "b" ? "backward" : "forward";
  }

  #change(change: Partial<UnrollGeometry>, direction = this.#direction): void {
    this.#geometry = { ...this.#geometry, ...change };
    this.#direction = direction;
    this.#at = 0;
    const { size, kernel, stride, padding } = this.#geometry;
    const text = [size, kernel, stride, padding, direction === "backward" ? "b" : "f"].join("-");
    this.#site.address.set({ unroll: text === "14-3-1-0-f" ? undefined : text });
    void this.#compute();
  }

  #controls(): HTMLElement {
    const { say } = this.#site;
    const { size, kernel, stride, padding } = this.#geometry;
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
          value: this.#direction,
        },
        (direction) => this.#change({}, direction),
      ),
      element("span", { class: "quiet small" }, say("unroll.size")),
      choice<string>(
        {
          label: say("unroll.size"),
          values: SIZES.map((value) => ({ value, label: `${value}×${value}` })),
          value: String(size),
        },
        (value) => this.#change({ size: Number(value) }),
      ),
      slider({ label: say("unroll.kernel"), value: kernel, min: 1, max: 7, step: 1 }, (value) =>
        this.#change({ kernel: value }),
      ),
      slider({ label: say("unroll.stride"), value: stride, min: 1, max: 4, step: 1 }, (value) =>
        this.#change({ stride: value }),
      ),
      slider({ label: say("unroll.padding"), value: padding, min: 0, max: 3, step: 1 }, (value) =>
        this.#change({ padding: value }),
      ),
      slider(
        {
          label: say("unroll.pace"),
          value: this.#perSecond,
          min: 1,
          max: 60,
          step: 1,
          show: (v) => `${v} /s`,
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
    fill(
      this.#play,
      main,
      button({ label: say("unroll.previous"), icon: "back", iconOnly: true }, () => this.#go(this.#at - 1)),
      button({ label: say("unroll.next"), icon: "step", iconOnly: true }, () => this.#go(this.#at + 1)),
    );
    if (focused) main.focus();
  }

  #playOn(): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#go(this.#at + 1), 1000 / this.#perSecond);
    this.#showPlay();
  }

  #pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#showPlay();
  }

  #go(to: number): void {
    if (this.#rows === 0) return;
    this.#at = (to + this.#rows) % this.#rows;
    if (this.#direction === "backward") void this.#addBack();
    else this.#paint();
  }

  /** Runs im2col for the geometry of now. */
  #compute(): Promise<void> {
    this.#computing = this.#computing.then(async () => {
      this.#picture = shrink(this.#digit, this.#geometry.size);
      this.#columns =
        this.#rows === 0 ? new Float32Array(0) : await this.#unroll.columns(this.#picture, this.#geometry);
      this.#sum = new Float32Array(this.#picture.length);
    });
    return this.#direction === "backward" ? this.#addBack() : this.#computing.then(() => this.#paint());
  }

  /** Runs col2im over the rows up to the one of now. */
  #addBack(): Promise<void> {
    this.#computing = this.#computing.then(async () => {
      if (this.#rows === 0 || this.#closed) return;
      const some = this.#columns.slice();
      some.fill(0, (this.#at + 1) * this.#geometry.kernel ** 2);
      this.#sum = await this.#unroll.picture(some, this.#geometry);
    });
    return this.#computing.then(() => this.#paint());
  }

  #paint(): void {
    if (this.#closed) return;
    const { say, voice } = this.#site;
    const { size, kernel } = this.#geometry;
    const rows = this.#rows;
    const forward = this.#direction === "forward";
    this.#imageTitle.textContent = say(forward ? "unroll.image" : "unroll.sum", {
      height: size,
      width: size,
    });
    this.#matrixTitle.textContent = say("unroll.matrix", { rows, cols: kernel * kernel });
    this.#position.textContent =
      rows === 0 ? say("unroll.noWindow") : say("unroll.position", { row: this.#at + 1, rows });
    this.#image.setAttribute("aria-label", this.#imageTitle.textContent);
    this.#matrix.setAttribute("aria-label", this.#matrixTitle.textContent);
    const factor = voice.number((rows * kernel * kernel) / (size * size), 1);
    this.#note.textContent = `${say("unroll.grown", { factor })} ${say("unroll.byKernel")}`;
    this.#paintImage();
    this.#paintMatrix();
    const patch = this.#columns.subarray(this.#at * kernel * kernel, (this.#at + 1) * kernel * kernel);
    fill(
      this.#row,
      Array.from(patch, (value) => element("span", {}, value.toFixed(2))),
    );
  }

  /** The picture with its padding, and the window of now over it. */
  #paintImage(): void {
    const { size, kernel, stride, padding } = this.#geometry;
    const whole = size + 2 * padding;
    const context = fit(this.#image, 1);
    const cell = this.#image.width / whole;
    const forward = this.#direction === "forward";
    const values = forward ? this.#picture : this.#sum;
    const largest = forward ? 1 : Math.max(1e-6, ...this.#sum);
    const { zero } = ramp();
    const full = token("--accent");
    for (let row = 0; row < whole; row++) {
      for (let column = 0; column < whole; column++) {
        const y = row - padding;
        const x = column - padding;
        const inside = y >= 0 && x >= 0 && y < size && x < size;
        const value = inside ? (values[y * size + x] ?? 0) / largest : 0;
        context.fillStyle = inside ? css(mix(zero, full, value)) : css(token("--line"));
        context.fillRect(column * cell, row * cell, cell - 1, cell - 1);
      }
    }
    if (this.#rows === 0) return;
    const out = outSize(this.#geometry);
    context.strokeStyle = css(token("--second"));
    context.lineWidth = Math.max(2, cell * 0.14);
    context.strokeRect(
      (this.#at % out) * stride * cell,
      Math.floor(this.#at / out) * stride * cell,
      kernel * cell,
      kernel * cell,
    );
  }

  /** The matrix, rows written so far (or taken from, on the way back) in full colour. */
  #paintMatrix(): void {
    const { kernel } = this.#geometry;
    const columns = kernel * kernel;
    const rows = this.#rows;
    const context = fit(this.#matrix, 1);
    if (rows === 0) return;
    const { width, height } = this.#matrix;
    const cellWidth = width / columns;
    const cellHeight = height / rows;
    const { zero } = ramp();
    const full = token("--accent");
    const empty = token("--surface");
    const gap = cellHeight > 5 ? 1 : 0;
    const forward = this.#direction === "forward";
    for (let row = 0; row < rows; row++) {
      const written = row <= this.#at;
      for (let column = 0; column < columns; column++) {
        const colour = mix(zero, full, this.#columns[row * columns + column] ?? 0);
        context.fillStyle = css(written ? colour : forward ? empty : mix(colour, zero, 0.6));
        context.fillRect(column * cellWidth, row * cellHeight, cellWidth - gap, cellHeight - gap);
      }
    }
    context.strokeStyle = css(token("--second"));
    context.lineWidth = 3;
    const y = Math.min(height - 4, this.#at * cellHeight);
    context.strokeRect(1.5, Math.max(1.5, y - 1), width - 3, Math.max(4, cellHeight));
  }
}

/** Makes a canvas as fine as the screen. */
function fit(canvas: HTMLCanvasElement, ratio: number): CanvasRenderingContext2D {
  const width = Math.max(1, Math.round(canvas.clientWidth * Math.min(2, devicePixelRatio || 1)));
  canvas.width = width;
  canvas.height = Math.round(width * ratio);
  return canvas.getContext("2d")!;
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
