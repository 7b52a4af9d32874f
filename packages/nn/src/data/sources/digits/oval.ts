import type { Pen } from "./pen.js";

/** cos and sin of the eighths of a turn: an oval needs no more. */
const H = Math.sqrt(0.5);
const COS = [1, H, 0, -H, -1, -H, 0, H];
const SIN = [0, H, 1, H, 0, -H, -1, -H];

/** A point of an oval around 0 with radius 1, `eighth` in eighths of a turn: 0 right, 2 bottom, 4 left, 6 top, and on. */
export function onOval(eighth: number): readonly [number, number] {
  const i = ((eighth % 8) + 8) % 8;
  return [COS[i]!, SIN[i]!];
}

/** Goes along an oval, forwards or backwards. */
export function oval(
  pen: Pen,
  cx: number,
  cy: number,
  rx: number,
  ry: number,
  from: number,
  to: number,
): void {
  const step = from < to ? 1 : -1;
  for (let k = from; k !== to + step; k += step) {
    const [x, y] = onOval(k);
    pen.through(cx + rx * x, cy + ry * y);
  }
}
