import { OPTIMIZERS, type OptimizerName } from "../train/settings.js";
import { element } from "../ui/element.js";
import { css, token } from "../ui/picture.js";
import { contourMap, projection } from "./contour-map.js";
import { ASPECT, LANDSCAPES, type LandscapeName } from "./landscapes.js";
import type { Race } from "./race.js";
import type { RaceSettings } from "./race-settings.js";

type ToMap = (x: number, y: number) => [number, number];

/** The contour map with everybody's way on it. A click on it chooses another start. */
export class RaceMap {
  readonly canvas: HTMLCanvasElement;
  readonly #observer: ResizeObserver;
  #settings: RaceSettings;
  #race: Race | undefined;
  /** The map without the ways, the hill that it shows, and for how wide a place it was painted. */
  #ground:
    | { readonly hill: LandscapeName; readonly width: number; readonly picture: HTMLCanvasElement }
    | undefined;
  /** What the ground is being painted for. */
  #laying: { readonly hill: LandscapeName; readonly width: number } | undefined;

  constructor(settings: RaceSettings, label: string, onstart: (start: readonly [number, number]) => void) {
    this.#settings = settings;
    this.canvas = element("canvas", {
      role: "img",
      "aria-label": label,
      onclick: (event: MouseEvent) => {
        const { left, top, width } = this.canvas.getBoundingClientRect();
        const { fromMap } = projection(LANDSCAPES[this.#settings.hill], width);
        onstart(fromMap(event.clientX - left, event.clientY - top));
      },
    });
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.canvas);
  }

  close(): void {
    this.#observer.disconnect();
    this.#laying = undefined;
  }

  show(settings: RaceSettings, race: Race | undefined): void {
    this.#settings = settings;
    this.#race = race;
    this.#paint();
  }

  #resize(): void {
    const width = Math.round(this.canvas.clientWidth * Math.min(2, devicePixelRatio || 1));
    if (width === 0 || this.canvas.width === width) return;
    this.canvas.width = width;
    this.canvas.height = Math.round(width * ASPECT);
    this.#paint();
  }

  #paint(): void {
    const { hill, resting } = this.#settings;
    const { width, height, clientWidth } = this.canvas;
    if (clientWidth === 0) return;
    const landscape = LANDSCAPES[hill];
    const ground = this.#ground;
    if (ground?.hill !== hill || ground.width !== width) void this.#layGround(hill, width);
    const context = this.canvas.getContext("2d")!;
    // Until the new one is there, the same hill painted for another width is shown, or nothing.
    if (ground?.hill === hill) context.drawImage(ground.picture, 0, 0, width, height);
    else context.clearRect(0, 0, width, height);
    const { toMap } = projection(landscape, width);
    const unit = width / clientWidth;
    for (const [x, y] of landscape.lowest) paintCross(context, toMap(x, y), unit);
    if (!this.#race) return;
    for (const name of OPTIMIZERS) {
      if (!resting.has(name)) paintWay(context, this.#race.ways[name], toMap, name, unit);
    }
  }

  /** Paints the ground, slice by slice, and shows it unless another is wanted by then. */
  async #layGround(hill: LandscapeName, width: number): Promise<void> {
    if (this.#laying?.hill === hill && this.#laying.width === width) return;
    const laying = { hill, width };
    this.#laying = laying;
    const picture = await contourMap(LANDSCAPES[hill], width);
    if (this.#laying !== laying) return;
    this.#laying = undefined;
    this.#ground = { ...laying, picture };
    this.#paint();
  }
}

function paintCross(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  unit: number,
): void {
  context.strokeStyle = css(token("--ink"));
  context.lineWidth = 2 * unit;
  context.beginPath();
  context.moveTo(x - 6 * unit, y - 6 * unit);
  context.lineTo(x + 6 * unit, y + 6 * unit);
  context.moveTo(x + 6 * unit, y - 6 * unit);
  context.lineTo(x - 6 * unit, y + 6 * unit);
  context.stroke();
}

function paintWay(
  context: CanvasRenderingContext2D,
  way: readonly number[],
  toMap: ToMap,
  name: OptimizerName,
  unit: number,
): void {
  const colour = css(token(`--racer-${OPTIMIZERS.indexOf(name)}`));
  context.beginPath();
  for (let i = 0; i < way.length; i += 2) {
    const [x, y] = toMap(way[i]!, way[i + 1]!);
    if (!Number.isFinite(x) || !Number.isFinite(y) || Math.abs(x) > 1e5 || Math.abs(y) > 1e5) break;
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.lineJoin = "round";
  // AdamW goes where Adam goes as long as nothing decays: dashed and without a shadow, so that both are seen.
  const isDashed = name === "adamw";
  if (!isDashed) {
    context.strokeStyle = "rgb(0 0 0 / 35%)";
    context.lineWidth = 4 * unit;
    context.stroke();
  }
  context.setLineDash(isDashed ? [5 * unit, 6 * unit] : []);
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
