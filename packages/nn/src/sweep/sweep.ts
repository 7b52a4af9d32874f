import { ConfigError, requirePositiveInteger, showValue } from "../errors.js";
import { requireOptions } from "../options.js";
import { type Repeats, SweepCourse } from "./course.js";
import type { Leaderboard, Mode } from "./leaderboard.js";
import { planSearch, SEARCH_OPTIONS, type SearchOptions } from "./search.js";
import type { SearchSpace, SettingsOf } from "./space.js";
import type { AnySettings, SweepEngine, Trial, TrialOutcome } from "./trial.js";

/**
 * A user's own trial: trains with `trial.settings` and `trial.seed`, for the share `trial.budget` of a whole training, and gives the figure by which the
 * best is chosen, measured on data that it was not trained on; or an outcome that says more.
 */
export type Objective<Settings> = (
  trial: Trial<Settings>,
  signal: AbortSignal,
) => number | TrialOutcome | Promise<number | TrialOutcome>;

export interface SweepOptions extends SearchOptions {
  /** `"min"` (default) for losses and errors, `"max"` for accuracies. */
  readonly mode?: Mode;
  /** Each configuration is trained once with each of these, and judged by the mean; default [1]. */
  readonly seeds?: readonly number[];
  /** Each configuration is trained once for each of so many folds, of which the objective makes what it likes. */
  readonly folds?: number;
  /** How many calls of an objective are under way at once; default 1. An engine has slots of its own. */
  readonly parallel?: number;
  /**
   * Halving: promotes a configuration as soon as it is among the best so far of its rung (Li et al., 2020), and nobody waits for the slowest. What is
   * promoted depends on who ends first then, so that two sweeps may differ; default false.
   */
  readonly async?: boolean;
  /** Called after each trial. */
  readonly onTrial?: (news: SweepNews) => void;
  /** Ends the sweep early: no trial is begun any more, and those under way are asked to stop. */
  readonly signal?: AbortSignal;
}

/** What has just happened, and where the sweep stands. */
export interface SweepNews<Settings = AnySettings> {
  readonly trial: Trial<Settings>;
  readonly outcome: TrialOutcome;
  /** Trials that have ended, and how many are known to be needed: halving asks for more when a rung is full. */
  readonly ended: number;
  readonly asked: number;
  readonly leaderboard: Leaderboard<Settings>;
}

/** What a sweep came to. */
export interface SweepResult<Settings> {
  /** The first of the leaderboard; undefined where every trial failed. */
  readonly best: Leaderboard<Settings>[number] | undefined;
  readonly leaderboard: Leaderboard<Settings>;
  /** Whether the signal ended it early. */
  readonly aborted: boolean;
}

/**
 * Searches a space for the settings with the best figure. The same space, options and outcomes give the same trials in the same order of the
 * leaderboard, however many run at once and whichever ends first.
 *
 * ```ts
 * const { best } = await sweep(
 *   { units: [8, 16, 32], learningRate: { from: 1e-4, to: 1e-1, scale: "log" } },
 *   async ({ settings, seed }) => {
 * const layers = [new Dense({ units: settings.units, activation: "relu" }), new Dense({ units: 1 })];
 *     const model = new Sequential(layers, { seed, inputShape: [13] });
 *     model.compile({ loss: "meanSquaredError", optimizer: new Adam({ learningRate: settings.learningRate }) });
 *     await model.fit(x, y, { epochs: 20 });
 *     const { loss } = await model.evaluate(heldOutX, heldOutY);
 *     await model.close();
 *     return loss;
 *   },
 *   { trials: 20 },
 * );
 * ```
 *
 * An objective that throws, or gives NaN, has failed: the sentence is in the leaderboard, and the sweep goes on. A budget below 1 is asked for by halving
 * alone; an objective that trains whole each time wastes it and is right all the same.
 *
 * @param objective what runs a trial: a function, or an engine that runs it elsewhere
 * @throws {ConfigError} for a space or options that cannot be; what an engine's promise rejects with.
 */
export async function sweep<const Space extends SearchSpace>(
  space: Space,
  objective: Objective<SettingsOf<Space>> | SweepEngine<SettingsOf<Space>>,
  options: SweepOptions = {},
): Promise<SweepResult<SettingsOf<Space>>> {
  type Settings = SettingsOf<Space>;
  requireOptions("sweep", options, [
    ...SEARCH_OPTIONS,
    ...["mode", "seeds", "folds", "parallel", "async", "onTrial", "signal"],
  ]);
  const { mode = "min", seeds = [1], folds, parallel = 1, async: isAsync = false, onTrial, signal } = options;
  if (mode !== "min" && mode !== "max")
    throw new ConfigError(
      "search-not-usable",
      `sweep: mode must be "min" or "max", got ${showValue(mode as string)}.`,
    );
  requireSeeds(seeds);
  if (folds !== undefined) requirePositiveInteger("sweep", "folds", folds);
  requirePositiveInteger("sweep", "parallel", parallel);
  const search = Object.fromEntries(
    Object.entries(options).filter(([name]) => (SEARCH_OPTIONS as readonly string[]).includes(name)),
  );
  const plan = planSearch(space, search);
  const repeats: Repeats = { seeds, folds };
  const course = new SweepCourse<Settings>(plan, repeats, mode, isAsync);
  const engine = typeof objective === "function" ? inProcess(objective, parallel) : objective;
  await carryOut(course, engine, {
    onTrial: onTrial as ((news: SweepNews<Settings>) => void) | undefined,
    signal,
  });
  const leaderboard = course.leaderboard();
  const [first] = leaderboard;
  return {
    best: first?.value == null ? undefined : first,
    leaderboard,
    aborted: signal?.aborted === true,
  };
}

/** Keeps the engine's slots full until no trial is left. */
async function carryOut<Settings>(
  course: SweepCourse<Settings>,
  engine: SweepEngine<Settings>,
  {
    onTrial,
    signal: outer,
  }: {
    readonly onTrial: ((news: SweepNews<Settings>) => void) | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  // An error ends what is under way as well.
  const inner = new AbortController();
  const signal = outer ? AbortSignal.any([outer, inner.signal]) : inner.signal;
  const running = new Set<Promise<void>>();
  const begin = (trial: Trial<Settings>) => {
    const one: Promise<void> = engine.run(trial, signal).then((outcome) => {
      running.delete(one);
      if (outer?.aborted) return;
      course.tell(trial, outcome);
      onTrial?.({ trial, outcome, ...course.progress, leaderboard: course.leaderboard() });
    });
    running.add(one);
  };
  try {
    for (;;) {
      while (running.size < engine.slots && !signal.aborted) {
        const trial = course.next();
        if (trial === undefined) break;
        begin(trial);
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
  } catch (error) {
    inner.abort();
    await Promise.allSettled(running);
    if (!outer?.aborted) throw error;
  }
}

/** The engine of a function: so many calls at once, in this process. */
export function inProcess<Settings>(objective: Objective<Settings>, slots: number): SweepEngine<Settings> {
  return {
    slots,
    async run(trial, signal) {
      try {
        return asOutcome(await objective(trial, signal));
      } catch (error) {
        return { value: null, error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

/** What an objective gave, as an outcome; anything but a finite number is a failure. */
export function asOutcome(given: number | TrialOutcome): TrialOutcome {
  const outcome = typeof given === "number" ? { value: given } : given;
  const { value } = outcome;
  if (Number.isFinite(value) || (value === null && outcome.error !== undefined)) return outcome;
  return {
    ...outcome,
    value: null,
    error: `the objective gave ${showValue(value)}, which is no finite number`,
  };
}

function requireSeeds(seeds: readonly number[]): void {
  const isRight =
    Array.isArray(seeds) &&
    seeds.length > 0 &&
    seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0) &&
    new Set(seeds).size === seeds.length;
  if (isRight) return;
  throw new ConfigError(
    "seeds-not-usable",
    `sweep: seeds must be different whole numbers of at least 0, got ${showValue(seeds)}.`,
  );
}
