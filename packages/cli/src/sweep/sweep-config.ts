import { planSearch, type SearchOptions, type SearchPlan, type SearchSpace } from "@loam/nn/sweep";
import { z } from "zod";
import { type Config, configSchema, objectError, parseJson, sentencesOf } from "../config.js";
import { UsageError } from "../failure.js";
import { type FieldName, fields, integer, showInput } from "../fields.js";
import { didYouMean } from "../names.js";
import { METRIC_NAMES, type MetricName } from "./metric.js";

/** What a sweep's file says, nothing of it left open but what the data decides. */
export interface SweepConfig {
  /** Of its folder, and of its queue. */
  readonly name: string;
  /** As in `loam train --config`: what all trials have in common. */
  readonly settings: Config;
  readonly space: SearchSpace;
  readonly search: SearchOptions;
  readonly seeds: readonly number[];
  readonly folds: number | undefined;
  readonly metric: MetricName | undefined;
}

/** Settings that a sweep decides itself, and what to say instead. */
const OURS: Readonly<Partial<Record<FieldName, string>>> = {
  out: "every trial has a folder of its own in the sweep's",
  seed: 'say "seeds", beside "settings"',
  fold: 'say "folds" alone in "settings", and each of them is trained',
};

type Issue = { readonly input?: unknown };
const got = (wanted: string) => ({
  error: ({ input }: Issue) => `must be ${wanted}, got ${showInput(input)}`,
});

const choices = z
  .array(z.json(), got("a list of choices, or a range such as { from: 0.001, to: 1 }"))
  .min(1, {
    error: "must have at least one choice",
  });
const ends = {
  from: z.number(got("a number")),
  to: z.number(got("a number")),
  scale: z.enum(["linear", "log"], got('"linear" or "log"')).optional(),
  whole: z.boolean(got("true or false")).optional(),
};
const range = z.strictObject(ends, { error: objectError("key", Object.keys(ends)) });

/** A sweep's name, which is that of its folder. */
export const SWEEP_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Each configuration is trained with as many, and that is a long list. */
const MOST_SEEDS = 10_000;

const keys = {
  name: z
    .string(got("a name"))
    .regex(SWEEP_NAME, got("letters, digits, dots and dashes, at most 64"))
    .optional(),
  settings: configSchema.optional(),
  space: z
    .record(z.string(), z.unknown(), got("an object of settings"))
    .superRefine((space, context) => checkSpace(space, context)),
  search: z.enum(["grid", "random", "halving"], got("grid, random or halving")).optional(),
  trials: integer(1).optional(),
  seed: integer(0).optional(),
  seeds: z
    .union(
      [integer(1, MOST_SEEDS), z.array(integer(0)).min(1)],
      got(`how many seeds to take, at most ${MOST_SEEDS}, or a list of them`),
    )
    .optional(),
  factor: integer(2).optional(),
  rungs: integer(1).optional(),
  metric: z.enum(METRIC_NAMES, got(`one of ${METRIC_NAMES.join(", ")}`)).optional(),
};
const sweepSchema = z.strictObject(keys, { error: objectError("key", Object.keys(keys)) });

/** Each choice must be one that the setting allows. */
function checkSpace(space: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  for (const [name, given] of Object.entries(space)) {
    if (!(name in fields)) {
      complain([name], `is no setting${didYouMean(name, Object.keys(fields))}`);
      continue;
    }
    const own = OURS[name as FieldName] ?? (name === "folds" ? 'say it in "settings"' : undefined);
    if (own !== undefined) {
      complain([name], `cannot be searched: ${own}`);
      continue;
    }
    const field = fields[name as FieldName];
    const isRange = typeof given === "object" && given !== null && !Array.isArray(given);
    const parsed = (isRange ? range : choices).safeParse(given);
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues)
        complain([name, ...(path as (string | number)[])], message);
      continue;
    }
    const values = isRange
      ? (["from", "to"] as const).map((end) => [end, (given as z.output<typeof range>)[end]] as const)
      : (given as unknown[]).map((choice, i) => [i, choice] as const);
    for (const [at, value] of values) {
      const checked = field.safeParse(value);
      if (!checked.success) complain([name, at], checked.error.issues[0]!.message);
    }
  }
}

/** Checks a sweep's text. All that is wrong with it is told at once. @throws {UsageError} */
export function parseSweep(text: string, file: string): SweepConfig {
  const result = sweepSchema.safeParse(parseJson(text, file));
  if (!result.success) throw new UsageError(`${file}: ${sentencesOf(result.error)}.`);
  const { name = nameOf(file), settings = {}, space, seeds, metric, ...search } = result.data;
  const own = (Object.keys(OURS) as FieldName[]).find((key) => (settings as Config)[key] !== undefined);
  if (own !== undefined) throw new UsageError(`${file}: settings.${own} cannot be said here; ${OURS[own]}.`);
  const twice = Object.keys(space).find((key) => (settings as Config)[key as FieldName] !== undefined);
  if (twice !== undefined)
    throw new UsageError(`${file}: ${twice} is both in settings and in space; leave out one of the two.`);
  const list = typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i + 1) : (seeds ?? [1]);
  if (new Set(list).size < list.length) throw new UsageError(`${file}: seeds has a seed twice.`);
  return {
    name,
    settings: settings as Config,
    space: space as SearchSpace,
    search: search as SearchOptions,
    seeds: list,
    folds: (settings as Config).folds,
    metric,
  };
}

/** What the search comes to. @throws {UsageError} with the library's sentence, where it cannot be. */
export function planOf({ space, search }: SweepConfig, file: string): SearchPlan<Config> {
  try {
    return planSearch(space, search) as SearchPlan<Config>;
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message.replace(/^sweep: /, "")}`);
  }
}

/** `sweeps/first try.json` → `first-try` */
function nameOf(file: string): string {
  const base = file.replace(/^.*[/\\]/, "").replace(/\.json$/, "");
  const name = base.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return name === "" ? "sweep" : name.slice(0, 64);
}
