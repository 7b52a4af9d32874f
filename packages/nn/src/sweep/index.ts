export type { EndedTrial, Leaderboard, Mode, Standing } from "./leaderboard.js";
export { planSearch, type SearchOptions, type SearchPlan } from "./search.js";
export type { SearchRange, SearchSpace, SettingsOf } from "./space.js";
export {
  asOutcome,
  type Objective,
  type SweepNews,
  type SweepOptions,
  type SweepResult,
  sweep,
} from "./sweep.js";
export type { AnySettings, SweepEngine, Trial, TrialOutcome } from "./trial.js";
