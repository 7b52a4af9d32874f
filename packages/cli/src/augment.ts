import { setImmediate } from "node:timers/promises";
import { type Dataset, type DistortOptions, distortPicturesInParts } from "@loam/nn";
import { variedPictures } from "./load-pictures.js";
import type { Samples } from "./samples.js";
import type { Settings } from "./settings.js";

/** Copies of drawn digits, distorted as hands do, or of pictures, varied as their names say. */
export function augmented(
  training: Dataset,
  augment: NonNullable<Settings["augment"]>,
  seed: number,
): Promise<Samples> {
  if (typeof augment === "number") return distorted(training, { copies: augment, seed });
  return variedPictures(training, augment, seed);
}

/** With distorted copies, made in parts as well. */
export async function distorted(training: Dataset, options: DistortOptions): Promise<Dataset> {
  const parts = distortPicturesInParts(training, options);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
    await setImmediate();
  }
}
