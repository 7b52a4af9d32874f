import type { DatasetInputs } from "./dataset.js";

/** MNIST's picture, and the box that its makers scaled a digit to, its longer side filling it. */
const SIDE = 28;
const BOX = 20;
/** Its ends are blurred: a faint pixel more or less. */
const BLUR = 3;
/** Ink fainter than this share of the darkest does not count towards the extent, as in `centerDigit`. */
const FAINT = 0.1;
/** How far the centre of mass may lie from the middle; whole pixels were shifted. */
const OFF = 1.25;
/** How many are looked at, and how many of these must be such. */
const LOOKED_AT = 500;
const SHARE = 0.9;

/**
 * Whether pictures are drawings made as MNIST's were, light on dark, scaled into 20x20 and centred by mass in 28x28: then a drawing that is
 * to be told has to be made the same. Photographs of clothes in 28x28, which fill their picture, are not.
 */
export function areDrawnDigits({ data, shape }: DatasetInputs): boolean {
  const [samples = 0, channels, height, width] = shape;
  if (shape.length !== 4 || channels !== 1 || height !== SIDE || width !== SIDE) return false;
  const step = Math.max(1, Math.floor(samples / LOOKED_AT));
  let seen = 0;
  let drawn = 0;
  for (let i = 0; i < samples && seen < LOOKED_AT; i += step) {
    seen++;
    if (isCentred(data.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE))) drawn++;
  }
  return seen > 0 && drawn >= SHARE * seen;
}

function isCentred(picture: Uint8Array | Float32Array): boolean {
  let strongest = 0;
  let mass = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < picture.length; i++) {
    const ink = picture[i]!;
    if (ink < 0) return false;
    strongest = Math.max(strongest, ink);
    mass += ink;
    sumX += ink * (i % SIDE);
    sumY += ink * Math.floor(i / SIDE);
  }
  if (mass === 0) return false;
  let [left, right, top, bottom] = [SIDE, 0, SIDE, 0];
  for (let i = 0; i < picture.length; i++) {
    if (picture[i]! <= FAINT * strongest) continue;
    left = Math.min(left, i % SIDE);
    right = Math.max(right, (i % SIDE) + 1);
    top = Math.min(top, Math.floor(i / SIDE));
    bottom = Math.max(bottom, Math.floor(i / SIDE) + 1);
  }
  const longest = Math.max(right - left, bottom - top);
  const middle = (SIDE - 0.5) / 2; // between the two ways of counting, from pixels' corners and from their middles
  return (
    longest <= BOX + 1 &&
    longest >= BOX - BLUR &&
    Math.abs(sumX / mass - middle) <= OFF &&
    Math.abs(sumY / mass - middle) <= OFF
  );
}
