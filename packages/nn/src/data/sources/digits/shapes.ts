import type { Hand } from "./hand.js";
import type { Pen } from "./pen.js";
import { eight } from "./shapes/eight.js";
import { five } from "./shapes/five.js";
import { four } from "./shapes/four.js";
import { nine } from "./shapes/nine.js";
import { one } from "./shapes/one.js";
import { seven } from "./shapes/seven.js";
import { six } from "./shapes/six.js";
import { three } from "./shapes/three.js";
import { two } from "./shapes/two.js";
import { zero } from "./shapes/zero.js";

/** How a digit is usually written. */
export interface Shape {
  /** Draws it in a handwriting of its own, in about [0, 0.65] x [0, 1], y downwards. */
  readonly draw: (pen: Pen, hand: Hand) => void;
  /** How far its top leans to the right, as a share of its height, on average. */
  readonly slant: number;
  /** How thick its strokes are, on average, as a share of all digits' mean. */
  readonly weight: number;
}

/**
 * One shape a digit. The numbers here and in the files of the digits are taste: adjusted by looking at digits beside MNIST's
 * training images, by both sets' mean slants and thicknesses, and by what a network trained on ours took MNIST's for.
 */
export const shapes: readonly Shape[] = [
  { draw: zero, slant: 0.24, weight: 1.1 },
  { draw: one, slant: 0.25, weight: 1.08 },
  { draw: two, slant: 0.1, weight: 1.03 },
  { draw: three, slant: 0.08, weight: 1 },
  { draw: four, slant: 0.27, weight: 0.96 },
  { draw: five, slant: 0.1, weight: 0.93 },
  { draw: six, slant: 0.07, weight: 0.97 },
  { draw: seven, slant: 0.0, weight: 1.03 },
  { draw: eight, slant: 0.14, weight: 0.92 },
  { draw: nine, slant: 0.08, weight: 0.9 },
];
