import { setImmediate } from "node:timers/promises";
import { type Dataset, syntheticDigits } from "@loam/nn";
import { UsageError } from "./failure.js";

/** The synthetic digits are one endless stream, the same for everybody: training takes its beginning, testing a part far away. */
const DIGITS = { seed: 0, training: 20_000, testStart: 2 ** 31, test: 2_000 } as const;

/** How many of them are drawn at a stretch. */
const PART = 500;

/** Pictures of MNIST's size are taken to be digits, ten of them. */
export const PICTURE = { shape: [1, 28, 28], values: 784, classes: 10 } as const;

/** What one array holds in the smallest of the engines that Loam runs on: 4 GiB. */
export const MOST_BYTES = 2 ** 32;

/** The first `samples` of them to train on, as many as are usual by default. @throws {UsageError} when they do not go into memory. */
export function trainingDigits(samples: number = DIGITS.training): Promise<Dataset> {
  requireRoom("--limit", samples, Math.floor(MOST_BYTES / PICTURE.values));
  return drawDigits(samples, 0);
}

/** Those to test on. */
export function heldOutDigits(): Promise<Dataset> {
  return drawDigits(DIGITS.test, DIGITS.testStart);
}

/** The digits from `start` on, drawn in parts, so that a signal gets in between. */
async function drawDigits(samples: number, start: number): Promise<Dataset> {
  const drawn = syntheticDigits({ samples: Math.min(PART, samples), seed: DIGITS.seed, start });
  if (samples <= PART) return drawn;
  const data = new Uint8Array(samples * PICTURE.values);
  const labels = new Uint8Array(samples);
  for (let at = 0, part = drawn; ; ) {
    data.set(part.inputs.data, at * PICTURE.values);
    labels.set(part.labels.data, at);
    at += part.labels.data.length;
    if (at === samples) break;
    await setImmediate();
    part = syntheticDigits({ samples: Math.min(PART, samples - at), seed: DIGITS.seed, start: start + at });
  }
  return {
    ...drawn,
    inputs: { data, shape: [samples, ...PICTURE.shape] },
    labels: { data: labels, shape: [samples] },
  };
}

/** @throws {UsageError} when a flag asks for more samples, or copies of all of them, than one array holds. */
export function requireRoom(flag: string, asked: number, most: number): void {
  if (asked <= most) return;
  throw new UsageError(`${flag} must be at most ${most} for the pictures to go into memory, got ${asked}.`);
}
