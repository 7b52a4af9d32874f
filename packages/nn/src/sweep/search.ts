import { ConfigError, ownerLabel, requirePositiveInteger, showValue } from "../errors.js";
import { requireOptions } from "../options.js";
import {
  drawnFrom,
  gridOf,
  MOST_CONFIGURATIONS,
  requireSpace,
  type SearchSpace,
  type SettingsOf,
} from "./space.js";

/**
 * How a space is searched:
 *
 * - `"grid"`: every combination of the choices.
 * - `"random"`: `trials` configurations that are drawn (Bergstra and Bengio, 2012).
 * - `"halving"`: successive halving (Jamieson and Talwalkar, 2016). All configurations of the grid, or `trials` that are drawn, begin with the smallest
 *   budget; the best 1 ÷ `factor` of them go on with `factor` times as much, until a budget is whole.
 */
export interface SearchOptions {
  /** Default `"grid"`; `"random"` where the space has a range. */
  readonly search?: "grid" | "random" | "halving";
  /** How many configurations are drawn, at most 100,000; for a grid none are, and halving without it begins with the whole grid. */
  readonly trials?: number;
  /** For the draws: a whole number of at least 0; default 0. */
  readonly seed?: number;
  /** Halving: the share that a rung raises budgets by, at least 2; default 3. */
  readonly factor?: number;
  /** Halving: how many rungs there are, the last with the whole budget; default as many as 9 configurations need, 3, or fewer for less. */
  readonly rungs?: number;
}

export const SEARCH_OPTIONS = ["search", "trials", "seed", "factor", "rungs"] as const;

/** What is to be tried, and with what budgets. */
export interface SearchPlan<Settings> {
  readonly search: NonNullable<SearchOptions["search"]>;
  readonly configurations: readonly Settings[];
  readonly factor: number;
  /** The shares of a whole training, rising to 1. */
  readonly budgets: readonly number[];
}

/** @throws {ConfigError} for options that are out of their range, or do not go with the search. */
export function planSearch<Space extends SearchSpace>(
  space: Space,
  options: SearchOptions,
): SearchPlan<SettingsOf<Space>> {
  requireOptions("sweep", options, SEARCH_OPTIONS);
  requireSpace(space);
  const hasRange = Object.values(space).some((one) => !Array.isArray(one));
  const { search = hasRange ? "random" : "grid", trials, seed = 0, factor = 3 } = options;
  if (search !== "grid" && search !== "random" && search !== "halving")
    throw refused(`search must be "grid", "random" or "halving", got ${showValue(search)}`);
  if (trials !== undefined) requirePositiveInteger("sweep", "trials", trials);
  if (trials !== undefined && trials > MOST_CONFIGURATIONS)
    throw refused(`trials must be at most ${MOST_CONFIGURATIONS}, got ${trials}`);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw refused(`seed must be a whole number of at least 0, got ${showValue(seed)}`);
  if (search === "grid" && trials !== undefined)
    throw refused("a grid has as many trials as combinations; leave out trials, or search at random");
  if (search === "random" && trials === undefined)
    throw refused("random search needs trials, the number of configurations to draw");
  if (search === "halving" && hasRange && trials === undefined)
    throw refused("halving over a range needs trials, the number of configurations to draw");
  if (search !== "halving" && (options.factor !== undefined || options.rungs !== undefined))
    throw refused("factor and rungs are for halving");
  const configurations = trials === undefined ? gridOf(space) : drawnFrom(space, trials, seed);
  return { search, configurations, factor, budgets: budgetsOf(search, configurations.length, options) };
}

function budgetsOf(
  search: string,
  configurations: number,
  { factor = 3, rungs }: SearchOptions,
): readonly number[] {
  if (search !== "halving") return [1];
  requirePositiveInteger("sweep", "factor", factor);
  if (factor < 2) throw refused(`factor must be at least 2, got ${factor}`);
  const usual = [3, 2].find((most) => configurations >= factor ** (most - 1)) ?? 1;
  const count = rungs ?? usual;
  requirePositiveInteger("sweep", "rungs", count);
  if (configurations < factor ** (count - 1)) {
    throw refused(
      `${count} rungs need at least ${factor ** (count - 1)} configurations, and there are ${configurations}; take fewer rungs, or more trials`,
    );
  }
  return Array.from({ length: count }, (_, rung) => 1 / factor ** (count - 1 - rung));
}

function refused(what: string): ConfigError {
  return new ConfigError("search-not-usable", `${ownerLabel("sweep")}: ${what}.`);
}
