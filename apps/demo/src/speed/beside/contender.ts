import type { TrainingPlan } from "./peer-work.js";

/** What a turn came to. */
export interface Turn {
  /** Milliseconds that a step took. */
  readonly ms: number;
}

/** A library that trains the network of the comparison. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  /**
   * Fetches what it needs and makes the network with the plan's weights.
   * @throws {Error} in its own words.
   */
  open(plan: TrainingPlan): Promise<void>;
  /** So many steps, with the loss of each, before its update. */
  losses(steps: number): Promise<readonly number[]>;
  /** So many steps at full pace. */
  turn(steps: number): Promise<Turn>;
  /** Ends whatever it does. */
  close(): Promise<void>;
}
