import { DataError } from "../errors.js";

/** MNIST's picture, and the box inside it that a digit fills. */
const SIDE = 28;
const BOX = 20;
/** Ink fainter than this share of the darkest does not count towards the digit's extent. */
const FAINT = 0.1;

/**
 * Makes any picture of one digit look like MNIST: its ink is scaled, proportions kept, into a box of 20x20, and placed in
 * 28x28 so that the centre of mass is in the middle, to the whole pixel, as MNIST's makers did.
 *
 * @param ink height x width values in row order, light (ink) on dark (0, paper)
 * @returns 784 values, the strongest being 255
 * @throws {DataError} `no-ink` when the picture is empty
 */
export function centerDigit(
  ink: ArrayLike<number>,
  width: number,
  height: number,
  name = "image",
): Uint8Array {
  let strongest = 0;
  for (let i = 0; i < width * height; i++) if (ink[i]! > strongest) strongest = ink[i]!;
  if (strongest === 0) {
    throw new DataError("no-ink", `${name}: shows no digit; every pixel has the colour of the paper.`);
  }
  const box = extent(ink, width, height, strongest * FAINT);
  const longest = Math.max(box.right - box.left, box.bottom - box.top);
  // A picture that is MNIST's already keeps its pixels.
  const keep = width === SIDE && height === SIDE && longest >= BOX - 2 && longest <= BOX;
  const scale = keep ? 1 : BOX / longest;
  const size = { width: SIDE, height: SIDE };
  const x = weights(width, size.width, scale, middle(box.left, box.right, scale));
  const y = weights(height, size.height, scale, middle(box.top, box.bottom, scale));
  return shiftToMass(resample(ink, width, x, y));
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function extent(ink: ArrayLike<number>, width: number, height: number, threshold: number): Box {
  const box = { left: width, right: 0, top: height, bottom: 0 };
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (ink[row * width + column]! <= threshold) continue;
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
    }
  }
  return box;
}

/** Where the picture's origin lands when the middle of its ink lands in the middle; whole pixels when nothing is scaled. */
function middle(from: number, to: number, scale: number): number {
  const origin = SIDE / 2 - (scale * (from + to)) / 2;
  return scale === 1 ? Math.floor(origin + 0.5) : origin;
}

/** For each target pixel the first source pixel and the weights of those that follow. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/** A triangle filter as wide as the coarser of the two grids: averages when shrinking, interpolates when enlarging. */
function weights(source: number, target: number, scale: number, origin: number): Taps[] {
  const radius = Math.max(1, 1 / scale);
  return Array.from({ length: target }, (_, i) => {
    const centre = (i + 0.5 - origin) / scale;
    const first = Math.max(0, Math.floor(centre - radius));
    const last = Math.min(source - 1, Math.floor(centre + radius));
    const taps = new Float64Array(Math.max(0, last - first + 1));
    for (let k = 0; k < taps.length; k++) {
      taps[k] = Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / radius) / radius;
    }
    return { first, weights: taps };
  });
}

/** Applies both filters and stretches the result so that the strongest ink is 255. */
function resample(
  ink: ArrayLike<number>,
  width: number,
  x: readonly Taps[],
  y: readonly Taps[],
): Float64Array {
  const out = new Float64Array(SIDE * SIDE);
  let strongest = 0;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const across = x[column]!;
      const down = y[row]!;
      let sum = 0;
      for (let j = 0; j < down.weights.length; j++) {
        const at = (down.first + j) * width + across.first;
        let line = 0;
        for (let i = 0; i < across.weights.length; i++) line += across.weights[i]! * ink[at + i]!;
        sum += down.weights[j]! * line;
      }
      out[row * SIDE + column] = sum;
      strongest = Math.max(strongest, sum);
    }
  }
  return out.map((value) => (value * 255) / strongest);
}

/** Moves by whole pixels so that the centre of mass lands on pixel 14; what leaves the picture is lost. */
function shiftToMass(grey: Float64Array): Uint8Array {
  let mass = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < grey.length; i++) {
    mass += grey[i]!;
    sumX += grey[i]! * (i % SIDE);
    sumY += grey[i]! * Math.floor(i / SIDE);
  }
  const dx = SIDE / 2 - Math.floor(sumX / mass + 0.5);
  const dy = SIDE / 2 - Math.floor(sumY / mass + 0.5);
  const out = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const y = row - dy;
      const x = column - dx;
      if (y < 0 || y >= SIDE || x < 0 || x >= SIDE) continue;
      out[row * SIDE + column] = Math.floor(grey[y * SIDE + x]! + 0.5);
    }
  }
  return out;
}
