import type { Hand } from "./hand.js";

/** Key points of one stroke, at most. */
const MAX_KEYS = 40;
/** Points of one drawing, at most. */
export const MAX_POINTS = 1024;
/** Standard deviation of the key points' movement. */
const WOBBLE = 0.035;
/** Distance between the points of a flattened curve; the digit is about 1 high. */
const STEP = 0.075;

/**
 * A pen that follows key points with a smooth curve (Catmull–Rom with centripetal knots, which neither loops nor
 * overshoots) and keeps what it drew as polylines. Every key point is moved a little, so that no two
 * drawings are alike. x grows to the right and y downwards; a digit fills about [0, 0.65] x [0, 1].
 */
export class Pen {
  /** Flattened points of all strokes. */
  readonly x = new Float64Array(MAX_POINTS);
  readonly y = new Float64Array(MAX_POINTS);
  /** 1 where a point begins a stroke. */
  readonly begins = new Uint8Array(MAX_POINTS);
  /** How many points there are. */
  count = 0;

  readonly #hand: Hand;
  readonly #keyX = new Float64Array(MAX_KEYS);
  readonly #keyY = new Float64Array(MAX_KEYS);
  #keys = 0;

  constructor(hand: Hand) {
    this.#hand = hand;
  }

  /** A blank page. */
  clear(): void {
    this.count = 0;
    this.#keys = 0;
  }

  /** Sets the pen down. */
  start(x: number, y: number): this {
    this.lift();
    this.begins[this.count] = 1;
    return this.through(x, y);
  }

  /** Goes smoothly through a point. */
  through(x: number, y: number): this {
    const k = this.#keys;
    if (k === MAX_KEYS) return this;
    this.#keyX[k] = x + this.#hand.normal(WOBBLE);
    this.#keyY[k] = y + this.#hand.normal(WOBBLE);
    this.#keys = k + 1;
    return this;
  }

  /** Goes to a point and turns sharply there. */
  corner(x: number, y: number): this {
    this.through(x, y);
    return this.turn();
  }

  /** Lets the curve end here and another begin in any direction, without lifting. */
  turn(): this {
    const k = this.#keys - 1;
    const x = this.#keyX[k]!;
    const y = this.#keyY[k]!;
    this.#flatten();
    this.#keyX[0] = x;
    this.#keyY[0] = y;
    this.#keys = 1;
    return this;
  }

  /** Ends the stroke. */
  lift(): void {
    this.#flatten();
    if (this.#keys > 0) this.#put(this.#keyX[this.#keys - 1]!, this.#keyY[this.#keys - 1]!);
    this.#keys = 0;
  }

  #put(x: number, y: number): void {
    if (this.count === MAX_POINTS) return;
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.count += 1;
    this.begins[this.count] = 0;
  }

  /** Writes the points of the curve through the keys, all but the last one. */
  #flatten(): void {
    const last = this.#keys - 1;
    for (let k = 0; k < last; k++) this.#segment(k, last);
  }

  /** The piece from key k to key k + 1 as a cubic Hermite curve with centripetal (non-uniform) tangents. */
  #segment(k: number, last: number): void {
    const X = this.#keyX;
    const Y = this.#keyY;
    const x1 = X[k]!;
    const y1 = Y[k]!;
    const x2 = X[k + 1]!;
    const y2 = Y[k + 1]!;
    const length = Math.sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1));
    const d1 = Math.sqrt(length) + 1e-9;
    let mx1 = x2 - x1;
    let my1 = y2 - y1;
    let mx2 = mx1;
    let my2 = my1;
    if (k > 0) {
      const x0 = X[k - 1]!;
      const y0 = Y[k - 1]!;
      const d0 = Math.sqrt(Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0))) + 1e-9;
      mx1 = d1 * ((x1 - x0) / d0 - (x2 - x0) / (d0 + d1) + (x2 - x1) / d1);
      my1 = d1 * ((y1 - y0) / d0 - (y2 - y0) / (d0 + d1) + (y2 - y1) / d1);
    }
    if (k + 1 < last) {
      const x3 = X[k + 2]!;
      const y3 = Y[k + 2]!;
      const d2 = Math.sqrt(Math.sqrt((x3 - x2) * (x3 - x2) + (y3 - y2) * (y3 - y2))) + 1e-9;
      mx2 = d1 * ((x2 - x1) / d1 - (x3 - x1) / (d1 + d2) + (x3 - x2) / d2);
      my2 = d1 * ((y2 - y1) / d1 - (y3 - y1) / (d1 + d2) + (y3 - y2) / d2);
    }
    const pieces = Math.max(1, Math.floor(length / STEP + 0.999));
    for (let i = 0; i < pieces; i++) {
      const t = i / pieces;
      const t2 = t * t;
      const t3 = t2 * t;
      const a = 2 * t3 - 3 * t2 + 1;
      const b = t3 - 2 * t2 + t;
      const c = 3 * t2 - 2 * t3;
      const d = t3 - t2;
      this.#put(a * x1 + b * mx1 + c * x2 + d * mx2, a * y1 + b * my1 + c * y2 + d * my2);
    }
  }
}
