import { OPTIMIZERS, type OptimizerName } from "../train/settings.js";
import type { Landscape } from "./landscapes.js";
import type { Race } from "./race.js";

/** How a racer came in. */
export interface Placed {
  readonly name: OptimizerName;
  /** How high up it is at the end. */
  readonly height: number;
  /** The step from which on it was down; undefined where it never came there. */
  readonly step: number | undefined;
}

/** The share of the way down, from the start to the bottom, that counts as having come there. */
const DOWN = 0.99;

/** Who came in how: first those that came down, by the step, then the others by how far they came. Who left the world is last. */
export function placesOf(
  { ways }: Pick<Race, "ways">,
  { height, lowest }: Landscape,
  resting: ReadonlySet<OptimizerName>,
): Placed[] {
  const heights = OPTIMIZERS.filter((name) => !resting.has(name)).map((name) => {
    const way = ways[name];
    const all: number[] = [];
    for (let i = 0; i + 1 < way.length; i += 2) all.push(height(way[i]!, way[i + 1]!));
    return { name, all };
  });
  const bottom = Math.min(...lowest.map(([x, y]) => height(x, y)));
  const start = heights[0]?.all[0] ?? 0;
  const goal = start - DOWN * (start - bottom);
  return heights
    .map(({ name, all }) => {
      // From the last step above on: who only passes by has not come.
      const above = all.findLastIndex((one) => !(one <= goal));
      return { name, height: all.at(-1)!, step: above === all.length - 1 ? undefined : above + 1 };
    })
    .sort((a, b) => rank(a.step) - rank(b.step) || rank(a.height) - rank(b.height));
}

function rank(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}
