import type { CounterStream } from "../../counter-stream.js";
import { MAX_POINTS, type Pen } from "./pen.js";

/** Side of the picture, as in MNIST. */
export const SIDE = 28;
/** Side of the box that the digit fills, as in MNIST; the ink is laid in the box's own coordinates. */
const BOX = 20;
/** How far from a stroke's edge a pixel's centre still takes a little ink, roughness included. */
const EDGE = 0.9;
/** Depth of the signed distance where no ink is near. */
const FAR = -9;

/** Lays ink along a drawing: one instance serves any number of samples and allocates nothing for them. */
export class Ink {
  /** Half the stroke's width at each of the drawing's points, in pixels. */
  readonly #radius = new Float64Array(MAX_POINTS);
  /** How deep each pixel's centre lies inside the ink, in pixels; negative outside. */
  readonly #depth = new Float64Array(BOX * BOX);
  readonly #grey = new Uint8Array(BOX * BOX);
  readonly #box = { x0: 0, x1: 0, y0: 0, y1: 0, left: 0, right: 0, top: 0, bottom: 0 };
  readonly #random: CounterStream;
  /** The unused half of a random word; 0 when there is none. */
  #spare = 0;

  constructor(random: CounterStream) {
    this.#random = random;
  }

  /** Fits the drawing into the box, inks it and writes 28x28 grey values, centred by mass. */
  draw(pen: Pen, weight: number, out: Uint8Array): void {
    const thickness = Math.max(0.62, weight * this.#thickness());
    this.#spare = 0;
    const roughness = this.#random.between(0.02, 0.13);
    this.#press(pen, thickness);
    this.#fit(pen);
    this.#trace(pen);
    this.#develop(roughness, out);
  }

  /** A random number with a triangular distribution, mean 0 and deviation about 1; two come from each word. */
  #grain(): number {
    let word = this.#spare;
    this.#spare = 0;
    if (word === 0) {
      word = this.#random.bits();
      // Bit 16 marks a spare half, so that one of all zeros is known from none.
      this.#spare = (word >>> 16) | 65536;
    }
    return ((word & 255) + ((word >>> 8) & 255) - 255) / 104.5;
  }

  /** Half a stroke's width in pixels. */
  #thickness(): number {
    const r = this.#random;
    const usual = 1.24 + r.normal(0.31);
    return r.chance(0.06) ? usual + r.between(0, 0.8) : usual;
  }

  /** Pressure: the radius drifts along each stroke. */
  #press(pen: Pen, thickness: number): void {
    const r = this.#random;
    const strength = r.between(0, 0.22) * thickness;
    let from = 0;
    let to = 0;
    let left = 0;
    let pieces = 1;
    for (let i = 0; i < pen.count; i++) {
      if (left === 0) {
        from = to;
        to = r.normal(strength);
        pieces = 4 + r.below(8);
        left = pieces;
      }
      this.#radius[i] = Math.max(0.4, thickness + from + ((to - from) * (pieces - left)) / pieces);
      left -= 1;
    }
  }

  /**
   * Moves and scales the drawing so that its ink fills the box, proportions kept. Strokes keep their width, so that the
   * scale is found in two steps: for a thin line, then less the ink that stands out of the box.
   */
  #fit(pen: Pen): void {
    const box = this.#box;
    for (let pass = 0; pass < 2; pass++) {
      this.#measure(pen);
      const line = Math.max(box.x1 - box.x0, box.y1 - box.y0, 1e-6);
      const outside = pass === 0 ? BOX - line : BOX - Math.max(box.right - box.left, box.bottom - box.top);
      this.#move(pen, Math.max(0.1, (line + outside) / line));
    }
    this.#measure(pen);
    this.#move(pen, 1);
  }

  /** The extent of the line, and of the ink along it. */
  #measure(pen: Pen): void {
    const box = this.#box;
    box.x0 = box.y0 = box.left = box.top = Infinity;
    box.x1 = box.y1 = box.right = box.bottom = -Infinity;
    for (let i = 0; i < pen.count; i++) {
      const x = pen.x[i]!;
      const y = pen.y[i]!;
      const r = this.#radius[i]!;
      if (x < box.x0) box.x0 = x;
      if (x > box.x1) box.x1 = x;
      if (y < box.y0) box.y0 = y;
      if (y > box.y1) box.y1 = y;
      if (x - r < box.left) box.left = x - r;
      if (x + r > box.right) box.right = x + r;
      if (y - r < box.top) box.top = y - r;
      if (y + r > box.bottom) box.bottom = y + r;
    }
  }

  /** Scales about the middle of the ink, and puts that in the middle of the box. */
  #move(pen: Pen, scale: number): void {
    const { left, right, top, bottom } = this.#box;
    const dx = BOX / 2 - (scale * (left + right)) / 2;
    const dy = BOX / 2 - (scale * (top + bottom)) / 2;
    for (let i = 0; i < pen.count; i++) {
      pen.x[i] = pen.x[i]! * scale + dx;
      pen.y[i] = pen.y[i]! * scale + dy;
    }
  }

  /** depth = max over the segments of (radius − distance to the segment). */
  #trace(pen: Pen): void {
    const depth = this.#depth;
    depth.fill(FAR);
    for (let i = 1; i < pen.count; i++) {
      if (pen.begins[i] === 1) continue;
      const radius = this.#radius[i]!;
      const ax = pen.x[i - 1]!;
      const ay = pen.y[i - 1]!;
      const bx = pen.x[i]!;
      const by = pen.y[i]!;
      const reach = radius + EDGE;
      const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
      const right = Math.min(BOX - 1, Math.floor(Math.max(ax, bx) + reach));
      const top = Math.max(0, Math.floor(Math.min(ay, by) - reach));
      const bottom = Math.min(BOX - 1, Math.floor(Math.max(ay, by) + reach));
      const ux = bx - ax;
      const uy = by - ay;
      const inverse = 1 / (ux * ux + uy * uy + 1e-12);
      for (let row = top; row <= bottom; row++) {
        const py = row + 0.5 - ay;
        for (let column = left; column <= right; column++) {
          const pixel = row * BOX + column;
          if (depth[pixel]! > EDGE) continue;
          const px = column + 0.5 - ax;
          let t = (px * ux + py * uy) * inverse;
          if (t < 0) t = 0;
          else if (t > 1) t = 1;
          const qx = px - t * ux;
          const qy = py - t * uy;
          const square = qx * qx + qy * qy;
          if (square > reach * reach) continue;
          const d = radius - Math.sqrt(square);
          if (d > depth[pixel]!) depth[pixel] = d;
        }
      }
    }
  }

  /** Turns depth into grey with a rough edge, and moves the box by whole pixels until its centre of mass is the middle. */
  #develop(roughness: number, out: Uint8Array): void {
    const depth = this.#depth;
    const grey = this.#grey;
    let mass = 0;
    let sumX = 0;
    let sumY = 0;
    for (let row = 0, pixel = 0; row < BOX; row++) {
      for (let column = 0; column < BOX; column++, pixel++) {
        let ink = depth[pixel]! + 0.5;
        if (ink > -0.4 && ink < 1.4) ink += this.#grain() * roughness;
        const value = ink <= 0 ? 0 : ink >= 1 ? 255 : Math.floor(ink * 255);
        grey[pixel] = value;
        mass += value;
        sumX += value * column;
        sumY += value * row;
      }
    }
    const dx = SIDE / 2 - Math.floor(sumX / mass + 0.5);
    const dy = SIDE / 2 - Math.floor(sumY / mass + 0.5);
    out.fill(0);
    const last = Math.min(BOX, SIDE - dx);
    for (let row = Math.max(0, -dy); row < Math.min(BOX, SIDE - dy); row++) {
      const at = (row + dy) * SIDE + dx;
      for (let column = Math.max(0, -dx); column < last; column++) {
        out[at + column] = grey[row * BOX + column]!;
      }
    }
  }
}
