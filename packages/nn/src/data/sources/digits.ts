import { requireNonNegativeInteger, requirePositiveInteger } from "../../errors.js";
import { CounterStream } from "../counter-stream.js";
import type { Dataset } from "../dataset.js";
import { byteScaling } from "../scaling.js";
import { Hand } from "./digits/hand.js";
import { Ink, SIDE } from "./digits/ink.js";
import { Pen } from "./digits/pen.js";
import { shapes } from "./digits/shapes.js";
import { warp } from "./digits/warp.js";

export interface SyntheticDigitsOptions {
  /** How many to draw. */
  readonly samples: number;
  /** A whole number in [0, 2^53); the same seed gives the same bits in every engine. */
  readonly seed: number;
  /** The first sample's number, so that a set can be drawn in parts, or a test set beyond the training set. Default 0. */
  readonly start?: number;
}

/** Width over height of the shapes' drawings beside what hands write. */
const ASPECT = 1.06;

const CLASS_NAMES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * Handwritten digits that no hand wrote: 28x28 bytes, light on dark, fitted and centred as MNIST is, [samples, 1, 28, 28].
 *
 * A digit is drawn as strokes through key points (several handwritings a digit), every point wobbling a little; the
 * drawing is bent elastically, slanted, turned and stretched; ink of some thickness and pressure is laid along it, with a
 * rough edge. Most are plain, a few are wild. Sample i is a function of (seed, i) alone; only + − · / √ and comparisons are
 * used, so that its bits are the same everywhere.
 * @throws {ConfigError} `samples-not-positive`, `seed-negative`, `start-negative`
 */
export function syntheticDigits({ samples, seed, start = 0 }: SyntheticDigitsOptions): Dataset {
  requirePositiveInteger("syntheticDigits", "samples", samples);
  requireNonNegativeInteger("syntheticDigits", "seed", seed);
  requireNonNegativeInteger("syntheticDigits", "start", start);
  const pixels = SIDE * SIDE;
  const images = new Uint8Array(samples * pixels);
  const labels = new Uint8Array(samples);
  const random = new CounterStream(seed, "digits");
  const hand = new Hand(random);
  const pen = new Pen(hand);
  const ink = new Ink(random);
  for (let i = 0; i < samples; i++) {
    random.seek(start + i);
    const digit = random.below(10);
    labels[i] = digit;
    pen.clear();
    hand.freedom = random.between(0.5, 1);
    const shape = shapes[digit]!;
    shape.draw(pen, hand);
    pen.lift();
    warp(pen, hand, shape.slant, ASPECT);
    ink.draw(pen, shape.weight, images.subarray(i * pixels, (i + 1) * pixels));
  }
  return {
    name: "synthetic digits",
    inputs: { data: images, shape: [samples, 1, SIDE, SIDE] },
    labels: { data: labels, shape: [samples] },
    scaling: byteScaling,
    classNames: CLASS_NAMES,
  };
}
