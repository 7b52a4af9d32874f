import type { Site } from "../app/site.js";
import { element, fill } from "../ui/element.js";
import { type Ramp, ramp } from "../ui/picture.js";
import { extent, paintTiles, type TileSet, tiles } from "../ui/tiles.js";
import { type Convolution, type WindowSum, windowSum } from "./window-sum.js";

/** Narrowest a column of a filter and its map may be, in pixels, and widest. */
const NARROWEST = 44;
const WIDEST = 88;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/**
 * A convolution's filters, each above the map that it made, one column a filter. A pixel of a map that is pointed at, tapped or come to by
 * arrow keys is taken apart below: its window, times the filter, plus the bias.
 */
export class MapProbe {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #of: Convolution;
  readonly #maps: Float32Array;
  readonly #side: { readonly height: number; readonly width: number };
  readonly #canvases: readonly HTMLCanvasElement[];
  readonly #sets: readonly TileSet[];
  readonly #colours: Ramp = ramp();
  readonly #sum = element("div", { class: "window-sum", "data-sum": "" });
  #at = { filter: 0, row: 0, column: 0 };
  #channel: number | undefined;

  /** @param shape of the output: [1, filters, height, width]. */
  constructor(site: Site, of: Convolution, maps: Float32Array, shape: readonly number[]) {
    const { say } = site;
    const [, filters = 0, height = 0, width = 0] = shape;
    this.#site = site;
    this.#of = of;
    this.#maps = maps;
    this.#side = { height, width };
    const size = height * width;
    const { low, high } = extent(maps);
    this.#sets = Array.from({ length: filters }, (_, f) => ({
      values: maps.subarray(f * size, (f + 1) * size),
      count: 1,
      width,
      height,
      // One scale for all of them: a map that is nearly silent looks so.
      range: { low, high },
    }));
    this.#canvases = this.#sets.map((set, f) => this.#map(set, f));
    const columns = element(
      "div",
      { class: "filter-columns" },
      this.#canvases.map((canvas, f) => element("div", {}, this.#filter(f), canvas)),
    );
    columns.style.setProperty("--narrowest", `${filters <= 12 ? WIDEST : NARROWEST}px`);
    this.element = element(
      "div",
      { class: "stack" },
      columns,
      element("p", { class: "quiet small" }, say("inside.probe")),
      this.#sum,
    );
    // Where it says most: there is something to see before anything is touched.
    const loudest = maps.reduce((best, value, i) => (value > maps[best]! ? i : best), 0);
    const within = loudest % size;
    this.#pick(Math.floor(loudest / size), Math.floor(within / width), within % width);
  }

  #map(set: TileSet, filter: number): HTMLCanvasElement {
    const { say } = this.#site;
    const canvas = tiles(set, WIDEST, this.#colours, say("inside.mapOf", { filter: filter + 1 }));
    canvas.style.width = "";
    canvas.setAttribute("role", "application");
    // One stop for the Tab key; from there arrow keys go over the pixels, and on to the next map.
    canvas.tabIndex = filter === 0 ? 0 : -1;
    const point = (event: PointerEvent) => {
      const box = canvas.getBoundingClientRect();
      const row = Math.floor(((event.clientY - box.top) / box.height) * set.height);
      const column = Math.floor(((event.clientX - box.left) / box.width) * set.width);
      this.#pick(filter, clamp(row, set.height), clamp(column, set.width));
    };
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("focus", () => {
      if (this.#at.filter !== filter) this.#pick(filter, this.#at.row, this.#at.column);
    });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    return canvas;
  }

  /** A filter, its channels one below the other. */
  #filter(filter: number): HTMLElement {
    const [, channels, height, width] = this.#of.kernelShape;
    const size = channels * height * width;
    const set: TileSet = {
      values: this.#of.kernel.subarray(filter * size, (filter + 1) * size),
      count: channels,
      width,
      height,
      columns: channels > 1 ? 2 : 1,
    };
    const canvas = tiles(set, WIDEST, this.#colours, "");
    canvas.style.width = "";
    canvas.removeAttribute("role");
    canvas.removeAttribute("aria-label");
    canvas.setAttribute("aria-hidden", "true");
    return canvas;
  }

  #key(event: KeyboardEvent): void {
    const { filter, row, column } = this.#at;
    const { height, width } = this.#side;
    const step = ARROWS[event.key];
    if (step) this.#pick(filter, clamp(row + step[0], height), clamp(column + step[1], width));
    else if (event.key === "PageDown" || event.key === "PageUp") {
      const next = clamp(filter + (event.key === "PageDown" ? 1 : -1), this.#canvases.length);
      this.#pick(next, row, column);
      this.#canvases[next]!.focus();
    } else return;
    event.preventDefault();
    const { say, voice, announce } = this.#site;
    const value = this.#maps[(this.#at.filter * height + this.#at.row) * width + this.#at.column]!;
    announce(
      say("inside.pixel", {
        filter: this.#at.filter + 1,
        row: this.#at.row + 1,
        column: this.#at.column + 1,
        value: voice.number(value, 2),
      }),
    );
  }

  #pick(filter: number, row: number, column: number): void {
    const before = this.#at.filter;
    if (filter !== before) this.#channel = undefined;
    this.#at = { filter, row, column };
    if (filter !== before) paintTiles(this.#canvases[before]!, this.#sets[before]!, this.#colours);
    this.#mark();
    this.#show(windowSum(this.#of, filter, row, column));
  }

  /** The picked pixel, in the colour of the page's ink. */
  #mark(): void {
    const { filter, row, column } = this.#at;
    const canvas = this.#canvases[filter]!;
    paintTiles(canvas, this.#sets[filter]!, this.#colours);
    const context = canvas.getContext("2d")!;
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--ink");
    context.fillRect(column, row, 1, 1);
  }

  #show({ channels, bias, total }: WindowSum): void {
    const { say, voice } = this.#site;
    const { filter, row, column } = this.#at;
    // No minus before what is shown as zero.
    const number = (value: number) => voice.number(Math.abs(value) < 0.005 ? 0 : value, 2);
    const loudest = channels.reduce(
      (best, { sum }, i) => (Math.abs(sum) > Math.abs(channels[best]!.sum) ? i : best),
      0,
    );
    const channel = this.#channel ?? loudest;
    const shown = channels[channel]!;
    const products = shown.window.map((value, i) => value * shown.filter[i]!);
    fill(
      this.#sum,
      element(
        "p",
        { class: "sum-line" },
        say("inside.pixelIs", { filter: filter + 1, row: row + 1, column: column + 1 }),
        " ",
        element("strong", {}, `Σ ${number(total - bias)} ${signed(bias, number)} = ${number(total)}`),
      ),
      channels.length > 1 &&
        this.#channels(
          channels.map(({ sum }) => sum),
          channel,
          number,
        ),
      element(
        "div",
        { class: "sum-grids" },
        this.#grid(say("inside.windowOf"), shown.window, number),
        element("span", { class: "sum-sign" }, "×"),
        this.#grid(say("inside.filterOf"), shown.filter, number),
        element("span", { class: "sum-sign" }, "="),
        this.#grid(say("inside.products", { sum: number(shown.sum) }), products, number),
      ),
    );
  }

  /** Each channel that came in, and what it adds. */
  #channels(sums: readonly number[], shown: number, number: (value: number) => string): HTMLElement {
    const { say } = this.#site;
    return element(
      "div",
      { class: "sum-channels", role: "group", "aria-label": say("inside.channels") },
      sums.map((sum, channel) =>
        element(
          "button",
          {
            type: "button",
            class: "button",
            "aria-pressed": String(channel === shown),
            onclick: () => {
              this.#channel = channel;
              const { filter, row, column } = this.#at;
              this.#show(windowSum(this.#of, filter, row, column));
              this.#sum.querySelector<HTMLElement>('.sum-channels [aria-pressed="true"]')?.focus();
            },
          },
          `${channel + 1}: ${number(sum)}`,
        ),
      ),
    );
  }

  #grid(title: string, values: Float32Array, number: (value: number) => string): HTMLElement {
    const [, , , across] = this.#of.kernelShape;
    const cells = element(
      "div",
      { class: "sum-cells" },
      Array.from(values, (value) =>
        element("span", { class: value > 0.005 ? "plus" : value < -0.005 ? "minus" : "" }, number(value)),
      ),
    );
    cells.style.setProperty("--across", String(across));
    return element("figure", {}, element("figcaption", {}, title), cells);
  }
}

function signed(value: number, number: (value: number) => string): string {
  return `${value < 0 ? "−" : "+"} ${number(Math.abs(value))}`;
}

function clamp(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, value));
}
