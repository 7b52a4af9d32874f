import type { Site } from "../app/site.js";
import { button } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { ramp } from "../ui/picture.js";
import { FEATURE_NAMES, FEATURES, type FeatureName } from "./features.js";
import { paintField } from "./plane.js";
import { type Look, SIDE } from "./play-run.js";
import { MOST_LAYERS, MOST_NEURONS, type PlaySettings } from "./play-settings.js";

/** The widest wire, in pixels. */
const WIDEST = 7;
const SVG = "http://www.w3.org/2000/svg";

export interface DiagramOptions {
  readonly onFeatures: (features: readonly FeatureName[]) => void;
  readonly onLayers: (layers: readonly number[]) => void;
  /** A neuron is pointed at or focused: layer 0 is that of the inputs; undefined when none is. */
  readonly onNeuron: (neuron: readonly [layer: number, place: number] | undefined) => void;
}

/** The network as wires: what each neuron says over the plane, and every weight as a line, thick where it is large. */
export class Diagram {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #options: DiagramOptions;
  readonly #colours = ramp();
  readonly #columns = element("div", { class: "net-columns" });
  readonly #wires = document.createElementNS(SVG, "svg");
  readonly #observer: ResizeObserver;
  /** Of each layer that the network has, features first: pictures of those that take part. */
  #pictures: HTMLCanvasElement[][] = [];
  /** By layer: a line for each weight, in the order of its kernel. */
  #lines: SVGLineElement[][] = [];

  constructor(site: Site, options: DiagramOptions) {
    this.#site = site;
    this.#options = options;
    this.#wires.setAttribute("class", "net-wires");
    this.#wires.setAttribute("aria-hidden", "true");
    this.element = element(
      "div",
      { class: "net", role: "group", "aria-label": site.say("play.diagram") },
      element("div", { class: "net-room" }, this.#wires as unknown as HTMLElement, this.#columns),
    );
    this.#observer = new ResizeObserver(() => this.#layLines());
    this.#observer.observe(this.#columns);
  }

  close(): void {
    this.#observer.disconnect();
  }

  /** Builds the columns of a network; what was focused stays so. */
  write({ features, layers }: PlaySettings): void {
    const { say } = this.#site;
    const focused = [...this.#columns.querySelectorAll("button")].indexOf(
      document.activeElement as HTMLButtonElement,
    );
    const taking: HTMLCanvasElement[] = [];
    const inputs = FEATURE_NAMES.map((name) => {
      const on = features.includes(name);
      const canvas = field();
      if (on) taking.push(canvas);
      const toggle = element(
        "button",
        {
          type: "button",
          class: "neuron feature",
          "aria-pressed": String(on),
          onclick: () => this.#toggle(features, name),
          ...(on && this.#pointed(0, taking.length - 1)),
        },
        element("span", {}, FEATURES[name].label),
        canvas,
      );
      return toggle;
    });
    const hidden = layers.map((units, i) => this.#hidden(layers, units, i));
    const output = field();
    this.#pictures = [taking, ...hidden.map(({ canvases }) => canvases), [output]];
    fill(
      this.#columns,
      element(
        "div",
        { class: "net-column" },
        element("p", { class: "quiet small" }, say("play.features")),
        inputs,
      ),
      hidden.map(({ column }) => column),
      element(
        "div",
        { class: "net-column" },
        element("p", { class: "quiet small" }, say("play.output")),
        element(
          "button",
          {
            type: "button",
            class: "neuron",
            "aria-label": say("play.output"),
            ...this.#pointed(layers.length + 1, 0),
          },
          output,
        ),
      ),
    );
    this.#columns.querySelectorAll("button")[focused]?.focus();
    this.#writeLines();
  }

  show(look: Look): void {
    for (const [l, canvases] of this.#pictures.entries()) {
      for (const [i, canvas] of canvases.entries()) {
        const values = look.layers[l]?.[i];
        if (values) paintField(canvas, values, this.#colours);
      }
    }
    for (const [l, { values }] of look.kernels.entries()) {
      for (const [i, line] of (this.#lines[l] ?? []).entries()) {
        const weight = values[i]!;
        line.setAttribute("class", weight < 0 ? "less" : "more");
        line.setAttribute("stroke-width", Math.min(WIDEST, 0.4 + 1.6 * Math.abs(weight)).toFixed(2));
      }
    }
  }

  #toggle(features: readonly FeatureName[], name: FeatureName): void {
    const next = FEATURE_NAMES.filter((other) => features.includes(other) !== (other === name));
    if (next.length > 0) this.#options.onFeatures(next);
    else this.#site.announce(this.#site.say("play.oneFeature"));
  }

  #hidden(layers: readonly number[], units: number, i: number) {
    const { say } = this.#site;
    const set = (more: number) => this.#options.onLayers(layers.with(i, units + more));
    const canvases = Array.from({ length: units }, field);
    const column = element(
      "div",
      { class: "net-column" },
      element(
        "div",
        { class: "net-count" },
        button(
          {
            label: say("play.fewer", { layer: i + 1 }),
            icon: "minus",
            iconOnly: true,
            plain: true,
            disabled: units === 1,
          },
          () => set(-1),
        ),
        button(
          {
            label: say("play.more", { layer: i + 1 }),
            icon: "plus",
            iconOnly: true,
            plain: true,
            disabled: units === MOST_NEURONS,
          },
          () => set(1),
        ),
      ),
      canvases.map((canvas, n) =>
        element(
          "button",
          {
            type: "button",
            class: "neuron",
            "aria-label": say("play.neuron", { neuron: n + 1, layer: i + 1 }),
            ...this.#pointed(i + 1, n),
          },
          canvas,
        ),
      ),
    );
    return { column, canvases };
  }

  #pointed(layer: number, place: number) {
    const tell = () => this.#options.onNeuron([layer, place]);
    const end = () => this.#options.onNeuron(undefined);
    return { onpointerenter: tell, onpointerleave: end, onfocus: tell, onblur: end };
  }

  #writeLines(): void {
    this.#wires.replaceChildren();
    this.#lines = this.#pictures.slice(1).map((to, l) =>
      this.#pictures[l]!.flatMap(() =>
        to.map(() => {
          const line = document.createElementNS(SVG, "line");
          this.#wires.append(line);
          return line;
        }),
      ),
    );
    this.#layLines();
  }

  /** From the right side of each picture to the left side of each one of the next column. */
  #layLines(): void {
    const { left, top, width, height } = this.#columns.getBoundingClientRect();
    this.#wires.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.#wires.setAttribute("width", String(width));
    this.#wires.setAttribute("height", String(height));
    const boxes = this.#pictures.map((canvases) => canvases.map((canvas) => canvas.getBoundingClientRect()));
    for (const [l, lines] of this.#lines.entries()) {
      const [from, to] = [boxes[l]!, boxes[l + 1]!];
      for (const [i, line] of lines.entries()) {
        const a = from[Math.floor(i / to.length)]!;
        const b = to[i % to.length]!;
        line.setAttribute("x1", String(a.right - left));
        line.setAttribute("y1", String((a.top + a.bottom) / 2 - top));
        line.setAttribute("x2", String(b.left - left));
        line.setAttribute("y2", String((b.top + b.bottom) / 2 - top));
      }
    }
  }
}

/** Buttons that add a hidden layer and take the last one away. */
export function layerButtons(
  site: Site,
  layers: readonly number[],
  onLayers: (layers: readonly number[]) => void,
): HTMLElement[] {
  const { say } = site;
  return [
    button({ label: say("play.addLayer"), icon: "plus", disabled: layers.length === MOST_LAYERS }, () =>
      onLayers([...layers, 4]),
    ),
    button({ label: say("play.removeLayer"), icon: "minus", disabled: layers.length === 0 }, () =>
      onLayers(layers.slice(0, -1)),
    ),
  ];
}

function field(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}
