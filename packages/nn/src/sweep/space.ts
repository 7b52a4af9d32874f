import { pow } from "@loam/kernels-as";
import { CounterStream } from "../data/counter-stream.js";
import { ConfigError, ownerLabel, showValue } from "../errors.js";
import { requireOptions } from "../options.js";
import type { Json } from "../training/callback.js";

/** Numbers to draw from: all of `[from, to]`. */
export interface SearchRange {
  readonly from: number;
  /** Greater than `from`. */
  readonly to: number;
  /** `"log"` draws the logarithm uniformly, as suits rates and factors, and needs `from` above 0; default `"linear"`. */
  readonly scale?: "linear" | "log";
  /** Whole numbers only, both ends among them; default false. */
  readonly whole?: boolean;
}

/** What is searched: for each setting its choices, or a range of numbers. */
export type SearchSpace = { readonly [setting: string]: readonly Json[] | SearchRange };

/** The settings of one configuration, by the names of the space. */
export type SettingsOf<Space extends SearchSpace> = {
  readonly [Name in keyof Space]: Space[Name] extends readonly (infer Choice)[] ? Choice : number;
};

const OWNER = "sweep";

/** More than anyone trains, and few enough to be held in memory. */
export const MOST_CONFIGURATIONS = 100_000;

/**
 * @throws {ConfigError} `space-not-usable` for a space without settings, a setting without choices, or a range that is none.
 */
export function requireSpace(space: SearchSpace): void {
  const isObject = typeof space === "object" && space !== null && !Array.isArray(space);
  if (!isObject || Object.keys(space).length === 0)
    throw unusable(`space must name at least one setting, got ${showValue(space)}`);
  for (const [name, one] of Object.entries(space)) {
    if (Array.isArray(one)) {
      if (one.length === 0) throw unusable(`${name} has no choices`);
      const texts = one.map((choice) => JSON.stringify(choice));
      const same = firstRepeated(texts);
      if (same >= 0) throw unusable(`${name} has the choice ${showValue(one[same])} twice`);
    } else requireRange(name, one as SearchRange);
  }
}

function requireRange(name: string, range: SearchRange): void {
  if (typeof range !== "object" || range === null)
    throw unusable(`${name} must be a list of choices or a range { from, to }, got ${showValue(range)}`);
  requireOptions(`${OWNER}: ${name}`, range, ["from", "to", "scale", "whole"]);
  const { from, to, scale = "linear", whole = false } = range;
  if (!Number.isFinite(from) || !Number.isFinite(to) || !(from < to))
    throw unusable(
      `${name} must go from a number to a greater one, got ${showValue(from)} to ${showValue(to)}`,
    );
  if (scale !== "linear" && scale !== "log")
    throw unusable(`${name} has the scale ${showValue(scale)}; take "linear" or "log"`);
  if (scale === "log" && from <= 0)
    throw unusable(`${name} has a logarithmic scale, and so must begin above 0, got ${showValue(from)}`);
  if (typeof whole !== "boolean")
    throw unusable(`${name}: whole must be true or false, got ${showValue(whole)}`);
  if (whole && !(Number.isSafeInteger(from) && Number.isSafeInteger(to)))
    throw unusable(`${name} is of whole numbers, and so must begin and end with one`);
}

function firstRepeated(texts: readonly string[]): number {
  const seen = new Set<string>();
  return texts.findIndex((text) => {
    const isSeen = seen.has(text);
    seen.add(text);
    return isSeen;
  });
}

function unusable(what: string): ConfigError {
  return new ConfigError("space-not-usable", `${ownerLabel(OWNER)}: ${what}.`);
}

/** The settings whose values are listed; a grid has no others. */
export function rangesOf(space: SearchSpace): string[] {
  return Object.keys(space).filter((name) => !Array.isArray(space[name]));
}

/**
 * Every combination of the choices, the last setting changing fastest.
 * @throws {ConfigError} `space-not-usable` for a range, of which there is no end, and for more combinations than 100,000.
 */
export function gridOf<Space extends SearchSpace>(space: Space): SettingsOf<Space>[] {
  const [range] = rangesOf(space);
  if (range !== undefined)
    throw unusable(`a grid needs the choices of ${range} listed; a range is for random search and halving`);
  const lists = Object.entries(space) as [string, readonly Json[]][];
  const count = lists.reduce((product, [, choices]) => product * choices.length, 1);
  if (count > MOST_CONFIGURATIONS)
    throw unusable(
      `the grid has ${count} combinations, and a search at most ${MOST_CONFIGURATIONS}; draw some of them at random`,
    );
  return Array.from({ length: count }, (_, index) => {
    let rest = index;
    const settings: [string, Json][] = lists.toReversed().map(([name, choices]) => {
      const choice = choices[rest % choices.length]!;
      rest = Math.floor(rest / choices.length);
      return [name, choice];
    });
    return Object.fromEntries(settings.reverse()) as SettingsOf<Space>;
  });
}

/**
 * `count` configurations, none twice, of which number n is a function of the seed, the space and those before it alone. A space of choices that has no
 * more than `count` combinations gives all of them, in an order of the seed.
 */
export function drawnFrom<Space extends SearchSpace>(
  space: Space,
  count: number,
  seed: number,
): SettingsOf<Space>[] {
  const most = Object.values(space).reduce((product, one) => product * sizeOf(one), 1);
  const stream = new CounterStream(seed, "search");
  const found = new Map<string, SettingsOf<Space>>();
  // Whole numbers in short ranges may come to fewer than are asked for: then the draws bring nothing new for long.
  let fruitless = 0;
  for (let draw = 0; found.size < Math.min(count, most) && fruitless < 1000 * (found.size + 1); draw++) {
    stream.seek(draw);
    const settings = Object.fromEntries(
      Object.entries(space).map(([name, one]) => [
        name,
        isRange(one) ? numberOf(one, stream.between(0, 1)) : one[stream.below(one.length)]!,
      ]),
    ) as SettingsOf<Space>;
    const key = JSON.stringify(settings);
    if (found.has(key)) fruitless++;
    else fruitless = 0;
    found.set(key, settings);
  }
  return [...found.values()];
}

/** How many values a setting has. */
function sizeOf(one: readonly Json[] | SearchRange): number {
  if (!isRange(one)) return one.length;
  return one.whole ? one.to - one.from + 1 : Number.POSITIVE_INFINITY;
}

function isRange(one: readonly Json[] | SearchRange): one is SearchRange {
  return !Array.isArray(one);
}

/** The number of a range at a share in [0, 1) of its way. */
function numberOf({ from, to, scale = "linear", whole = false }: SearchRange, share: number): number {
  // A whole number is as likely as another: the interval is one longer.
  const end = whole ? to + 1 : to;
  const at = scale === "log" ? from * pow(end / from, share) : from + share * (end - from);
  if (whole) return Math.min(Math.floor(at), to);
  // What is drawn is shown and typed again: four digits say all that a search can know.
  return Math.min(Math.max(Number(at.toPrecision(4)), from), to);
}
