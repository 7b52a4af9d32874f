import { element } from "../ui/element.js";
import { type Colour, css, mix, type Ramp, ramp, token } from "../ui/picture.js";
import { SIDE } from "./play-run.js";
import type { Sample, TaskKind } from "./points.js";

/** Pixels of the plane's canvas along each side. */
const PIXELS = 480;
const RADIUS = 6;
/** How far a key moves the cross, in the plane's unit. */
const KEY_STEP = 0.05;

/** Paints values of the grid, from −1 in the one colour over the ground's to 1 in the other; `canvas` is SIDE by SIDE. */
export function paintField(canvas: HTMLCanvasElement, values: Float32Array, colours: Ramp): void {
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(SIDE, SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = packed(colourOf(values[i]!, colours));
  context.putImageData(image, 0, 0);
}

function colourOf(value: number, { zero, positive, negative }: Ramp): Colour {
  return mix(zero, value < 0 ? negative : positive, Math.min(1, Math.abs(value)) * 0.85);
}

function packed([r, g, b]: Colour): number {
  return (255 << 24) | (b << 16) | (g << 8) | r;
}

/** The plane: what the network says everywhere, and the points; a tap, or Enter at the cross that the arrow keys move, is told. */
export class Plane {
  readonly canvas: HTMLCanvasElement;
  readonly #field = document.createElement("canvas");
  readonly #colours = ramp();
  readonly #ink = token("--ink");
  readonly #ground = token("--surface");
  #values: Float32Array | undefined;
  #task: TaskKind = "classes";
  #points: readonly Sample[] = [];
  #heldOut: readonly Sample[] = [];
  #cross: { x: number; y: number } | undefined;

  constructor(label: string, onTap: (x: number, y: number) => void, taps: () => boolean) {
    this.#field.width = SIDE;
    this.#field.height = SIDE;
    this.canvas = element("canvas", {
      class: "plane",
      width: PIXELS,
      height: PIXELS,
      tabindex: 0,
      role: "img",
      "aria-label": label,
      onclick: (event: MouseEvent) => {
        if (!taps()) return;
        const { left, top, width, height } = this.canvas.getBoundingClientRect();
        onTap(((event.clientX - left) / width) * 2 - 1, 1 - ((event.clientY - top) / height) * 2);
      },
      onkeydown: (event: KeyboardEvent) => {
        if (!taps()) return;
        const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[
          event.key
        ];
        const cross = this.#cross ?? { x: 0, y: 0 };
        if (move) {
          const to = (value: number, by: number) => Math.max(-1, Math.min(1, value + by * KEY_STEP));
          this.#cross = { x: to(cross.x, move[0]!), y: to(cross.y, move[1]!) };
        } else if (event.key === "Enter" || event.key === " ") onTap(cross.x, cross.y);
        else return;
        event.preventDefault();
        this.#paint();
      },
      onblur: () => {
        this.#cross = undefined;
        this.#paint();
      },
    });
  }

  show(
    values: Float32Array | undefined,
    points: readonly Sample[],
    heldOut: readonly Sample[],
    task: TaskKind,
  ): void {
    this.#values = values;
    this.#task = task;
    this.#points = points;
    this.#heldOut = heldOut;
    this.#paint();
  }

  #paint(): void {
    const context = this.canvas.getContext("2d")!;
    if (this.#values) paintField(this.#field, this.#values, this.#colours);
    context.fillStyle = css(this.#colours.zero);
    context.fillRect(0, 0, PIXELS, PIXELS);
    if (this.#values) {
      context.imageSmoothingEnabled = true;
      context.drawImage(this.#field, 0, 0, PIXELS, PIXELS);
    }
    for (const point of this.#heldOut) this.#paintPoint(context, point, true);
    for (const point of this.#points) this.#paintPoint(context, point, false);
    if (this.#cross) this.#paintCross(context, this.#cross);
  }

  /** Classes differ in shape as well as in colour; held-out points are hollow. Darker than the plane, or lighter, so that they show on their own colour. */
  #paintPoint(context: CanvasRenderingContext2D, { x, y, target }: Sample, hollow: boolean): void {
    const [px, py] = place(x, y);
    const isClass = this.#task === "classes";
    const strength = isClass ? 1 : 0.25 + 0.75 * Math.min(1, Math.abs(target));
    const { positive, negative, zero } = this.#colours;
    const colour = css(mix(mix(zero, target > 0 ? positive : negative, strength), this.#ink, 0.5));
    context.beginPath();
    if (isClass && target === 0)
      context.rect(px - RADIUS + 1, py - RADIUS + 1, 2 * RADIUS - 2, 2 * RADIUS - 2);
    else context.arc(px, py, RADIUS, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.strokeStyle = hollow ? colour : css(this.#ground);
    context.lineWidth = hollow ? 2.5 : 1.5;
    if (!hollow) context.fill();
    context.stroke();
  }

  #paintCross(context: CanvasRenderingContext2D, { x, y }: { x: number; y: number }): void {
    const [px, py] = place(x, y);
    context.strokeStyle = css(this.#ink);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(px - 14, py);
    context.lineTo(px + 14, py);
    context.moveTo(px, py - 14);
    context.lineTo(px, py + 14);
    context.stroke();
  }
}

function place(x: number, y: number): [number, number] {
  return [((x + 1) / 2) * PIXELS, ((1 - y) / 2) * PIXELS];
}
