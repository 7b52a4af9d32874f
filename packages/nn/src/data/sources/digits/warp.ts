import type { Hand } from "./hand.js";
import type { Pen } from "./pen.js";

/** Nodes a side of the elastic field. */
const NODES = 4;
const fieldX = new Float64Array(NODES * NODES);
const fieldY = new Float64Array(NODES * NODES);
/** Taper, halves, aspect, slant and lean in deviations, and the largest sum of their squares that can still be read. */
const bends = new Float64Array(5);
const FAR = 5;

/**
 * Bends a drawing as hands and paper do. In this order: an elastic field (random shifts on a 4x4 grid, blended smoothly
 * between its nodes), a taper (one end wider) and uneven halves, then aspect, slant and rotation. A drawing that would be far
 * out in all of them together is drawn back. Slant and aspect scatter about the usual ones: 0 and 1 leave them as they are.
 */
export function warp(pen: Pen, r: Hand, usualSlant: number, usualAspect: number): void {
  const elastic = r.between(0.005, 0.05);
  for (let k = 0; k < NODES * NODES; k++) {
    fieldX[k] = r.normal(elastic);
    fieldY[k] = r.normal(elastic);
  }
  let square = 0;
  for (let k = 0; k < bends.length; k++) {
    bends[k] = r.normal(1);
    square += bends[k]! * bends[k]!;
  }
  const measure = square > FAR ? Math.sqrt(FAR / square) : 1;
  const taper = 0.14 * measure * bends[0]!;
  const halves = 0.2 * measure * bends[1]!;
  const aspect = usualAspect + 0.15 * measure * bends[2]!;
  const slant = usualSlant + 0.25 * measure * bends[3]!;
  const lean = 0.12 * measure * bends[4]!;
  // A rotation whose cosine and sine need no series: any slope gives one, and slopes are as good as angles here.
  const cosine = 1 / Math.sqrt(1 + lean * lean);
  const sine = lean * cosine;
  for (let i = 0; i < pen.count; i++) {
    let x = pen.x[i]!;
    let y = pen.y[i]!;
    const gx = Math.min(Math.max((x + 0.1) * 3.2, 0), 2.999);
    const gy = Math.min(Math.max((y + 0.05) * 2.7, 0), 2.999);
    const column = Math.floor(gx);
    const row = Math.floor(gy);
    const u = gx - column;
    const v = gy - row;
    const su = u * u * (3 - 2 * u);
    const sv = v * v * (3 - 2 * v);
    const node = row * NODES + column;
    x += blend(fieldX, node, su, sv);
    y += blend(fieldY, node, su, sv);
    y += halves * y * (1 - y);
    x = (x - 0.3) * (1 + taper * (1 - 2 * y)) * aspect;
    x -= slant * (y - 0.5);
    pen.x[i] = x * cosine - y * sine;
    pen.y[i] = x * sine + y * cosine;
  }
}

function blend(field: Float64Array, node: number, u: number, v: number): number {
  const a = field[node]!;
  const b = field[node + 1]!;
  const c = field[node + NODES]!;
  const d = field[node + NODES + 1]!;
  const top = a + u * (b - a);
  return top + v * (c + u * (d - c) - top);
}
