import { type Leaderboard, leaderboardOf, type Mode } from "./leaderboard.js";
import type { SearchPlan } from "./search.js";
import type { Trial, TrialOutcome } from "./trial.js";

/** The trainings that each configuration gets. */
export interface Repeats {
  readonly seeds: readonly number[];
  /** How many folds there are; undefined without cross-validation. */
  readonly folds?: number | undefined;
}

/** Where a configuration stands. */
interface Progress {
  /** Of each of its trials, in their order; of the highest rung that it came to. */
  readonly outcomes: (TrialOutcome | undefined)[];
  rung: number;
  /** How many of its trials are under way or to begin. */
  open: number;
}

/** What a sweep asks for next, and what it came to: decided by outcomes alone, and never by a clock. */
export class SweepCourse<Settings> {
  readonly #plan: SearchPlan<Settings>;
  readonly #repeats: readonly { readonly seed: number; readonly fold?: number }[];
  readonly #mode: Mode;
  readonly #isAsync: boolean;
  readonly #standings: Progress[];
  /** Trials that are to begin, the next one last. */
  readonly #waiting: Trial<Settings>[] = [];
  #begun = 0;
  /** Asked for so far, those that ended included. */
  #asked = 0;
  #ended = 0;

  /** `isAsync`: promotes what is best so far, and does not wait until a rung is full. */
  constructor(plan: SearchPlan<Settings>, repeats: Repeats, mode: Mode, isAsync: boolean) {
    this.#plan = plan;
    this.#mode = mode;
    this.#isAsync = isAsync;
    const { seeds, folds } = repeats;
    this.#repeats = seeds.flatMap((seed) =>
      folds === undefined ? [{ seed }] : Array.from({ length: folds }, (_, i) => ({ seed, fold: i + 1 })),
    );
    this.#standings = plan.configurations.map(() => ({
      outcomes: this.#repeats.map(() => undefined),
      rung: 0,
      open: 0,
    }));
    if (!isAsync) for (const at of plan.configurations.keys()) this.#begin(at, 0);
  }

  /** The next trial to begin; undefined while there is none before others have ended, or at all. */
  next(): Trial<Settings> | undefined {
    if (this.#waiting.length === 0 && this.#isAsync) this.#beginOne();
    return this.#waiting.shift();
  }

  /** Notes how a trial went. */
  tell(trial: Trial<Settings>, outcome: TrialOutcome): void {
    const standing = this.#standings[trial.configuration - 1]!;
    const at = this.#repeats.findIndex(({ seed, fold }) => seed === trial.seed && fold === trial.fold);
    standing.outcomes[at] = outcome;
    standing.open--;
    this.#ended++;
    const isRungOver = this.#standings.every(({ open }) => open === 0);
    if (!this.#isAsync && this.#waiting.length === 0 && isRungOver) this.#promote();
  }

  /** How many trials have ended, and how many are known to be needed. */
  get progress(): { readonly ended: number; readonly asked: number } {
    return { ended: this.#ended, asked: this.#asked };
  }

  leaderboard(): Leaderboard<Settings> {
    const { configurations, budgets } = this.#plan;
    return leaderboardOf(
      configurations.flatMap((settings, i) => {
        const { outcomes, rung } = this.#standings[i]!;
        const trials = outcomes.flatMap((outcome, k) =>
          outcome === undefined ? [] : [{ ...this.#trial(i, rung, k), outcome }],
        );
        if (trials.length === 0) return [];
        const isComplete = trials.length === this.#repeats.length;
        return [{ configuration: i + 1, settings, rung, budget: budgets[rung]!, isComplete, trials }];
      }),
      this.#mode,
    );
  }

  #trial(at: number, rung: number, repeat: number): Trial<Settings> {
    const { configurations, budgets } = this.#plan;
    const { seed, fold } = this.#repeats[repeat]!;
    const digits = Math.max(3, String(configurations.length).length);
    return {
      id: `c${String(at + 1).padStart(digits, "0")}-s${seed}${fold === undefined ? "" : `-f${fold}`}`,
      configuration: at + 1,
      settings: configurations[at]!,
      seed,
      ...(fold !== undefined && { fold }),
      rung,
      budget: budgets[rung]!,
    };
  }

  /** Asks for the trials of a configuration on a rung, but those that a larger budget does not change. */
  #begin(at: number, rung: number): void {
    const standing = this.#standings[at]!;
    standing.rung = rung;
    const trials = this.#repeats
      .map((_, repeat) => this.#trial(at, rung, repeat))
      .filter((_, repeat) => standing.outcomes[repeat]?.isWhole !== true);
    standing.open += trials.length;
    this.#asked += trials.length;
    this.#waiting.push(...trials);
  }

  /** Raises the best of a full rung; over and over where these need no training. */
  #promote(): void {
    const { budgets, factor } = this.#plan;
    const rung = this.#standings.reduce((highest, standing) => Math.max(highest, standing.rung), 0);
    if (rung + 1 === budgets.length) return;
    const here = this.#standings.filter((standing) => standing.rung === rung).length;
    const best = this.#ranked(rung).slice(0, Math.max(1, Math.floor(here / factor)));
    for (const at of best.sort((a, b) => a - b)) this.#begin(at, rung + 1);
    if (best.length > 0 && this.#waiting.length === 0) this.#promote();
  }

  /** The configurations on a rung that have a value, the best first. */
  #ranked(rung: number): number[] {
    return this.leaderboard()
      .filter((one) => one.rung === rung && one.isComplete && one.value !== null)
      .map(({ configuration }) => configuration - 1);
  }

  /** Asynchronous halving (Li et al., 2020): the highest promotion that is due, else a new configuration. */
  #beginOne(): void {
    const { budgets, factor, configurations } = this.#plan;
    for (let rung = budgets.length - 2; rung >= 0; rung--) {
      // Those that rose were among the best of this rung too.
      const risen = this.#standings.filter((standing) => standing.rung > rung).length;
      const ranked = this.#ranked(rung);
      const due = Math.floor((risen + ranked.length) / factor) - risen;
      if (due > 0 && ranked.length > 0) {
        this.#begin(ranked[0]!, rung + 1);
        if (this.#waiting.length > 0) return;
        rung = budgets.length - 1; // it was whole already, and perhaps goes on to the next rung
      }
    }
    if (this.#begun < configurations.length) this.#begin(this.#begun++, 0);
  }
}
