import { peers } from "#peers";
import type { Contender } from "./contender.js";
import { LoamContender } from "./loam-contender.js";
import { PeerContender } from "./peer-contender.js";
import { type ContestNetwork, longestSum, planOf } from "./plan.js";

/** Steps whose losses are compared; they warm everyone up as well. */
export const CHECKED = 10;
/** How often each has its turn at most, and for how long about, in milliseconds. */
export const ROUNDS = 12;
const TURN = 150;
const MOST_STEPS = 200;
/** After this many milliseconds no further round begins, but for the first few: some need seconds a step. */
const LONG = 30_000;
const LEAST_ROUNDS = 3;
/** Half the distance of two neighbours among float32 numbers about 1. */
const ROUNDING = 2 ** -24;

/** How one contender fares. */
export interface Entry {
  readonly contender: Contender;
  /** Loss of the last of the checked steps. */
  loss: number | undefined;
  /** The largest difference from the first contender's losses, relative to them. */
  difference: number | undefined;
  /** Milliseconds a step, turn by turn. */
  readonly turns: number[];
  /** Why it cannot take part, in its own words. */
  error: string | undefined;
}

export type ContestState =
  | { readonly kind: "digits" }
  | { readonly kind: "opening"; readonly name: string }
  | { readonly kind: "round"; readonly round: number }
  | { readonly kind: "done" }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: unknown };

/** One network, trained by all who can, turn by turn. It goes on while another view is shown. */
export class Contest {
  readonly entries: Entry[];
  state: ContestState = { kind: "digits" };
  /** The round that is going on, or was the last. */
  rounds = 0;
  /** How far apart losses may be by rounding alone. */
  limit: number | undefined;
  readonly #onChange: () => void;
  #isStopped = false;

  /** `threads` is how many the page may have. */
  constructor(
    readonly network: ContestNetwork,
    threads: number,
    onChange: () => void,
  ) {
    this.#onChange = onChange;
    const contenders: Contender[] = [
      new LoamContender(network, 1, 1),
      ...peers.map((peer) => new PeerContender(peer)),
      ...(threads > 1 ? [new LoamContender(network, "auto", threads)] : []),
    ];
    this.entries = contenders.map((contender) => {
      const entry = { loss: undefined, difference: undefined, error: undefined };
      return { contender, turns: [], ...entry };
    });
  }

  get isOver(): boolean {
    const { kind } = this.state;
    return kind === "done" || kind === "stopped" || kind === "failed";
  }

  /** Never rejects: what went wrong is in `state`, or in the entry of whom it concerns. */
  async run(): Promise<void> {
    try {
      const plan = await planOf(this.network);
      // Rounding adds up as a random walk along the longest sum, and once more with each step.
      this.limit = CHECKED * Math.sqrt(longestSum(plan)) * ROUNDING;
      let right: readonly number[] = [];
      for (const entry of this.entries) {
        const { contender } = entry;
        this.#enter({ kind: "opening", name: contender.name });
        await this.#try(entry, async () => {
          await contender.open(plan);
          const losses = await contender.losses(CHECKED);
          if (right.length === 0) right = losses;
          entry.loss = losses.at(-1);
          entry.difference = Math.max(...losses.map((loss, i) => Math.abs(loss / right[i]! - 1)));
        });
      }
      await this.#race();
      this.#enter({ kind: this.#isStopped ? "stopped" : "done" });
    } catch (error) {
      this.#enter({ kind: "failed", error });
    }
    await this.#close();
  }

  /** Ends it at once; what was measured stays. */
  stop(): void {
    if (this.isOver) return;
    this.#isStopped = true;
    this.#enter({ kind: "stopped" });
    void this.#close();
  }

  /** Turn by turn, each time another one first, so that nobody has the better half of a device that slows down. */
  async #race(): Promise<void> {
    const steps = new Map<Entry, number>();
    for (const entry of this.entries) {
      await this.#try(entry, async () => {
        const { ms } = await entry.contender.turn(1);
        steps.set(entry, Math.min(MOST_STEPS, Math.max(1, Math.round(TURN / ms))));
      });
    }
    const began = performance.now();
    const isLong = () => performance.now() - began > LONG;
    for (let round = 1; round <= ROUNDS && !this.#isStopped; round++) {
      if (round > LEAST_ROUNDS && isLong()) break;
      this.rounds = round;
      this.#enter({ kind: "round", round });
      for (let k = 0; k < this.entries.length; k++) {
        const entry = this.entries[(k + round) % this.entries.length]!;
        await this.#try(entry, async () => {
          entry.turns.push((await entry.contender.turn(steps.get(entry)!)).ms);
          this.#onChange();
        });
      }
    }
  }

  async #try(entry: Entry, work: () => Promise<void>): Promise<void> {
    if (this.#isStopped || entry.error !== undefined) return;
    try {
      await work();
    } catch (error) {
      if (this.#isStopped) return;
      // Without Loam there is nothing to compare with.
      if (entry === this.entries[0]) throw error;
      entry.error = (error as Error).message;
      await entry.contender.close();
    }
  }

  async #close(): Promise<void> {
    await Promise.all(this.entries.map(({ contender }) => contender.close()));
  }

  #enter(state: ContestState): void {
    if (this.state.kind !== "stopped") this.state = state;
    this.#onChange();
  }
}
