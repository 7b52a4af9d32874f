import { reducedMotion } from "../app/preferences.js";
import type { Site } from "../app/site.js";
import { OPTIMIZERS, type OptimizerName } from "../train/settings.js";
import { button, field, numberInput, select } from "../ui/controls.js";
import { element, fill, freshId } from "../ui/element.js";
import { css, token } from "../ui/picture.js";
import { paintMap, projection } from "./contour-map.js";
import { ASPECT, LANDSCAPES, type Landscape, type LandscapeName } from "./landscapes.js";
import { Race } from "./race.js";
import { Workbench } from "./workbench.js";

/** Told apart also where colours are not: the table's dots and the ways share them, and names stand at the ways' ends. */
const COLOURS: Readonly<Record<OptimizerName, string>> = {
  sgd: "#e4572e",
  momentum: "#f2a900",
  nesterov: "#8ac926",
  adagrad: "#17b890",
  rmsprop: "#2e86de",
  adadelta: "#9b5de5",
  adam: "#f15bb5",
  adamw: "#8d6e63",
};

/** A race ends by itself after so many steps. */
const LAST_STEP = 600;
const STEPS_PER_SECOND = 40;

/** Eight optimizers on a contour map. */
export async function raceLook(place: HTMLElement, site: Site): Promise<() => void> {
  const bench = await Workbench.open();
  const look = new RaceLook(site, bench);
  place.append(look.element);
  await look.restart();
  return () => {
    look.close();
    void bench.close();
  };
}

class RaceLook {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #bench: Workbench;
  readonly #canvas: HTMLCanvasElement;
  readonly #buttons = element("div", { class: "row" });
  readonly #steps = element("p", { class: "quiet", "data-steps": "" });
  readonly #list = element("div", { class: "stack" });
  readonly #observer: ResizeObserver;
  #name: LandscapeName;
  #rates: Record<OptimizerName, number>;
  #start: readonly [number, number];
  #racing = new Set<OptimizerName>(OPTIMIZERS);
  #race: Race | undefined;
  #map: HTMLCanvasElement | undefined;
  #heights = new Map<OptimizerName, HTMLElement>();
  #playing = false;
  #closed = false;
  #turn = 0;

  constructor(site: Site, bench: Workbench) {
    const { say, address } = site;
    this.#site = site;
    this.#bench = bench;
    const asked = address.get("hill") ?? "";
    this.#name = asked in LANDSCAPES ? (asked as LandscapeName) : "bowl";
    this.#rates = { ...this.#landscape.rates };
    this.#start = this.#landscape.start;
    this.#canvas = element("canvas", {
      role: "img",
      "aria-label": say("race.canvas"),
      onclick: (event: MouseEvent) => this.#startAt(event),
    });
    this.element = element(
      "section",
      { class: "card stack wide" },
      element(
        "div",
        { class: "view-head" },
        element("h2", {}, say("race.title")),
        element("p", {}, say("race.more")),
      ),
      element(
        "div",
        { class: "race" },
        element(
          "div",
          { class: "stack" },
          this.#canvas,
          element("div", { class: "row spread" }, this.#buttons, this.#steps),
          element("p", { class: "quiet small" }, say("race.start")),
        ),
        element(
          "div",
          { class: "stack" },
          field(
            say("race.landscape"),
            select(
              (Object.keys(LANDSCAPES) as LandscapeName[]).map((value) => ({
                value,
                label: say(`race.f.${value}`),
              })),
              this.#name,
              (name) => this.#choose(name),
            ),
          ),
          this.#list,
        ),
      ),
    );
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.#canvas);
    this.#showList();
    this.#showButtons();
  }

  close(): void {
    this.#closed = true;
    this.#playing = false;
    this.#observer.disconnect();
  }

  get #landscape(): Landscape {
    return LANDSCAPES[this.#name];
  }

  /** Everybody back to the start. */
  async restart(): Promise<void> {
    this.#pause();
    const turn = ++this.#turn;
    const race = await Race.prepare(this.#bench, this.#landscape, this.#rates, this.#start);
    if (turn !== this.#turn || this.#closed) return;
    this.#race = race;
    this.#paint();
  }

  #choose(name: LandscapeName): void {
    this.#name = name;
    this.#rates = { ...this.#landscape.rates };
    this.#start = this.#landscape.start;
    this.#map = undefined;
    this.#site.address.set({ hill: name === "bowl" ? undefined : name });
    this.#showList();
    void this.restart();
  }

  #startAt(event: MouseEvent): void {
    const { left, top, width } = this.#canvas.getBoundingClientRect();
    this.#start = projection(this.#landscape, width).fromMap(event.clientX - left, event.clientY - top);
    void this.restart();
  }

  #showButtons(): void {
    const { say } = this.#site;
    const focused = this.#buttons.contains(document.activeElement);
    const main = button(
      {
        label: say(this.#playing ? "race.pause" : "race.play"),
        icon: this.#playing ? "pause" : "play",
        main: true,
      },
      () => (this.#playing ? this.#pause() : void this.#play()),
    );
    fill(
      this.#buttons,
      main,
      button({ label: say("race.step"), icon: "step" }, () => void this.#advance(1)),
      button({ label: say("race.reset"), icon: "reset" }, () => void this.restart()),
    );
    if (focused) main.focus();
  }

  #showList(): void {
    const { say, voice } = this.#site;
    this.#heights.clear();
    fill(
      this.#list,
      OPTIMIZERS.map((name, i) => {
        const id = freshId("racer");
        const label = say(`train.opt.${name}`);
        const height = element("span", { class: "quiet small", "data-height": name }, "–");
        this.#heights.set(name, height);
        return element(
          "div",
          { class: "racer" },
          element("input", {
            type: "checkbox",
            id,
            checked: this.#racing.has(name),
            onchange: (event: Event) => {
              if ((event.target as HTMLInputElement).checked) this.#racing.add(name);
              else this.#racing.delete(name);
              this.#paint();
            },
          }),
          element("span", { class: `dot r${i}`, "aria-hidden": "true" }),
          element("div", {}, element("label", { for: id }, label), element("br"), height),
          numberInput(
            { value: this.#rates[name], min: 1e-6, max: 1000, label: say("race.rate", { name: label }) },
            (rate) => {
              this.#rates[name] = rate;
              void this.#race?.setRate(name, rate);
            },
          ),
        );
      }),
    );
    void voice;
  }

  async #play(): Promise<void> {
    if (this.#race && this.#race.step >= LAST_STEP) await this.restart();
    this.#playing = true;
    this.#showButtons();
    if (reducedMotion()) {
      // All at once: nothing moves, and the ways are there to be looked at.
      await this.#advance(150);
      return this.#pause();
    }
    let last = performance.now();
    while (this.#playing && !this.#closed) {
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const due = Math.floor(((now - last) / 1000) * STEPS_PER_SECOND);
      if (due === 0) continue;
      last += (due * 1000) / STEPS_PER_SECOND;
      await this.#advance(Math.min(4, due));
      if (this.#race && this.#race.step >= LAST_STEP) this.#pause();
    }
  }

  #pause(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#showButtons();
  }

  async #advance(steps: number): Promise<void> {
    const race = this.#race;
    for (let i = 0; race && i < steps && !this.#closed; i++) await race.advance();
    this.#paint();
  }

  #resize(): void {
    const width = Math.round(this.#canvas.clientWidth * Math.min(2, devicePixelRatio || 1));
    if (width === 0 || this.#canvas.width === width) return;
    this.#canvas.width = width;
    this.#canvas.height = Math.round(width * ASPECT);
    this.#map = undefined;
    this.#paint();
  }

  #paint(): void {
    const { width, height } = this.#canvas;
    if (this.#closed || this.#canvas.clientWidth === 0) return;
    this.#map ??= this.#drawMap(width, height);
    const context = this.#canvas.getContext("2d")!;
    context.drawImage(this.#map, 0, 0);
    const { toMap } = projection(this.#landscape, width);
    const unit = width / this.#canvas.clientWidth;
    for (const [x, y] of this.#landscape.lowest) this.#cross(context, toMap(x, y), unit);
    const race = this.#race;
    if (!race) return;
    for (const name of OPTIMIZERS) {
      if (this.#racing.has(name))
        paintWay(context, race.ways[name], toMap, COLOURS[name], unit, name === "adamw");
    }
    this.#showNumbers(race);
  }

  #drawMap(width: number, height: number): HTMLCanvasElement {
    const map = document.createElement("canvas");
    map.width = width;
    map.height = height;
    paintMap(map.getContext("2d")!, this.#landscape, width, height);
    return map;
  }

  #cross(context: CanvasRenderingContext2D, [x, y]: readonly [number, number], unit: number): void {
    context.strokeStyle = css(token("--ink"));
    context.lineWidth = 2 * unit;
    context.beginPath();
    context.moveTo(x - 6 * unit, y - 6 * unit);
    context.lineTo(x + 6 * unit, y + 6 * unit);
    context.moveTo(x + 6 * unit, y - 6 * unit);
    context.lineTo(x - 6 * unit, y + 6 * unit);
    context.stroke();
  }

  #showNumbers(race: Race): void {
    const { say, voice } = this.#site;
    this.#steps.textContent = say("race.steps", { step: race.step });
    for (const name of OPTIMIZERS) {
      const way = race.ways[name];
      const height = this.#landscape.height(way.at(-2)!, way.at(-1)!);
      const shown =
        Number.isFinite(height) && Math.abs(height) < 1e6 ? voice.number(height, 4) : say("race.lost");
      this.#heights.get(name)!.textContent = `${say("race.height")} ${shown}`;
    }
  }
}

function paintWay(
  context: CanvasRenderingContext2D,
  way: readonly number[],
  toMap: (x: number, y: number) => [number, number],
  colour: string,
  unit: number,
  dashed: boolean,
): void {
  context.beginPath();
  for (let i = 0; i < way.length; i += 2) {
    const [x, y] = toMap(way[i]!, way[i + 1]!);
    if (!Number.isFinite(x) || !Number.isFinite(y) || Math.abs(x) > 1e5 || Math.abs(y) > 1e5) break;
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.lineJoin = "round";
  // Without a shadow and dashed: AdamW goes where Adam goes, and both are to be seen.
  if (!dashed) {
    context.strokeStyle = "rgb(0 0 0 / 35%)";
    context.lineWidth = 4 * unit;
    context.stroke();
  }
  context.setLineDash(dashed ? [5 * unit, 6 * unit] : []);
  context.strokeStyle = colour;
  context.lineWidth = 2.5 * unit;
  context.stroke();
  context.setLineDash([]);
  const [x, y] = toMap(way.at(-2)!, way.at(-1)!);
  context.beginPath();
  context.arc(x, y, 6 * unit, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = "#fff";
  context.lineWidth = 1.5 * unit;
  context.stroke();
}
