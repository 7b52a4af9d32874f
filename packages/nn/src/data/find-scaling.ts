import { requireOneOf } from "../errors.js";
import {
  FeatureStatistics,
  greatestMagnitude,
  type Scaling,
  scalingByMaximum,
  scalingByStatistics,
} from "./scaling.js";

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
    for await (const rows of pieces()) maximum = greatestMagnitude(rows, maximum);
    return scalingByMaximum(maximum);
  }
  const statistics = new FeatureStatistics(samples, features);
  for await (const rows of pieces()) statistics.addToMeans(rows);
  for await (const rows of pieces()) statistics.addToVariances(rows);
  return scalingByStatistics(statistics);
}
