import { requireOneOf } from "../errors.js";
import { type Scaling, scalingByMaximum, scalingByStatistics } from "./scaling.js";

/** How values become inputs: over the greatest magnitude, standardised, as they are; or statistics that were found before. */
export type ScalingChoice = "maximum" | "standard" | "none" | Scaling;

/**
 * The scaling by name, of rows that come in pieces: each call of `pieces` begins them anew. It has the bits of `maximumScaling` and
 * `standardScaling` on the same rows in memory, and takes one pass, or two.
 */
export async function findScaling(
  owner: string,
  choice: ScalingChoice,
  samples: number,
  features: number,
  pieces: () => AsyncIterable<ArrayLike<number>>,
): Promise<Scaling> {
  if (typeof choice === "object") return choice;
  requireOneOf(owner, "scaling", choice, ["maximum", "standard", "none"]);
  if (choice === "none") return { kind: "none" };
  if (choice === "maximum") {
    let maximum = 0;
    for await (const piece of pieces())
      for (let i = 0; i < piece.length; i++) maximum = Math.max(maximum, Math.abs(piece[i]!));
    return scalingByMaximum(maximum);
  }
  const mean = new Float64Array(features);
  const variance = new Float64Array(features);
  const least = new Float32Array(features).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(features).fill(Number.NEGATIVE_INFINITY);
  for await (const piece of pieces()) {
    for (let i = 0, j = 0; i < piece.length; i++, j = j + 1 === features ? 0 : j + 1) {
      const x = piece[i]!;
      mean[j]! += x / samples;
      if (x < least[j]!) least[j] = x;
      if (x > most[j]!) most[j] = x;
    }
  }
  for await (const piece of pieces()) {
    for (let i = 0, j = 0; i < piece.length; i++, j = j + 1 === features ? 0 : j + 1) {
      const d = piece[i]! - mean[j]!;
      variance[j]! += (d * d) / samples;
    }
  }
  return scalingByStatistics({ mean, variance, least, most });
}
