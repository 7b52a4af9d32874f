import type { Trial, TrialOutcome } from "./trial.js";

/** Whether the least value is the best, or the greatest. */
export type Mode = "min" | "max";

/** A trial that ended, and how. */
export type EndedTrial<Settings> = Trial<Settings> & { readonly outcome: TrialOutcome };

/** A configuration and how well it does. */
export interface Standing<Settings> {
  readonly configuration: number;
  readonly settings: Settings;
  /** The rung that it came to, and its budget there. */
  readonly rung: number;
  readonly budget: number;
  /** Whether all of its trials have ended. */
  readonly isComplete: boolean;
  /** The mean over its trials; null where one of them failed. */
  readonly value: number | null;
  /** Their standard deviation, with n − 1 in the denominator; null for fewer than two. */
  readonly deviation: number | null;
  readonly trials: readonly EndedTrial<Settings>[];
}

/** The best first: those with larger budgets before others, then by their values, then by their numbers; what failed is last. */
export type Leaderboard<Settings> = readonly Standing<Settings>[];

/** Puts configurations in order. The sums go through the trials in their order, so that no bit depends on which ended first. */
export function leaderboardOf<Settings>(
  all: readonly Omit<Standing<Settings>, "value" | "deviation">[],
  mode: Mode,
): Leaderboard<Settings> {
  const sign = mode === "min" ? 1 : -1;
  return all
    .map((one) => ({ ...one, ...momentsOf(one.trials.map(({ outcome }) => outcome.value)) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null)
        return Number(a.value === null) - Number(b.value === null) || a.configuration - b.configuration;
      return b.rung - a.rung || sign * (a.value - b.value) || a.configuration - b.configuration;
    });
}

function momentsOf(values: readonly (number | null)[]): { value: number | null; deviation: number | null } {
  if (!values.every((value) => value !== null)) return { value: null, deviation: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { value: mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { value: mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
