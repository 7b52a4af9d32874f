import type { Config } from "./config.js";

/** Settings that `--model auto` tries. */
export type Candidate = Pick<Config, "model" | "dropout" | "learningRate" | "batchSize">;

/** How a candidate did, as run.json says it. */
export interface Trial {
  readonly settings: Candidate;
  /** The lowest of its epochs; null where its numbers stopped being finite. */
  readonly validationLoss: number | null;
  readonly epochs: number;
}

export interface Search {
  readonly chosen: Candidate;
  readonly trials: readonly Trial[];
}
