import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ProcessPool } from "@loam/nn/sweep/internal";
import { CommandError } from "../failure.js";
import type { TrialNews, TrialOrder, TrialReport } from "./run-trial.js";
import type { SharedData } from "./shared-data.js";
import type { TrialReply } from "./trial-process.js";

/** From src/sweep/ or dist/sweep/ the command lies two folders up, and so from the bundle in dist/node/. */
const BIN = fileURLToPath(new URL("../../bin/loam.js", import.meta.url));

/** Processes that train, each `loam trial-process`. */
export class TrialPool {
  readonly #pool: ProcessPool<TrialOrder, TrialReply, TrialNews>;

  /** `data`: what was read already, for a process that trains on it as well. */
  constructor(data?: SharedData) {
    this.#pool = new ProcessPool({
      script: BIN,
      args: ["trial-process"],
      ...(data && { find: (name) => data.find(name) }),
    });
  }

  /** Starts so many processes for trials that are to come: each takes half a second until it can train. */
  prepare(count: number): void {
    if (existsSync(BIN)) this.#pool.prepare(count);
  }

  /**
   * Trains, or goes on with what lies in the folder; undefined when the signal came, and the folder keeps how far it got.
   * @throws {CommandError} where no process can be started, or this machine cannot do it: its disk is full.
   */
  async run(
    order: TrialOrder,
    signal: AbortSignal,
    onNews?: (news: TrialNews) => void,
  ): Promise<TrialReport | undefined> {
    if (!existsSync(BIN)) throw new CommandError(`${BIN}: there is no such file; install @loam/cli anew.`);
    const carried = await this.#pool.run(order, signal, onNews);
    if (carried === undefined) return undefined;
    if ("ended" in carried) return { error: carried.ended };
    const { answer } = carried;
    if ("host" in answer) throw new CommandError(answer.host);
    return "report" in answer ? answer.report : undefined;
  }

  /** Ends the processes; those that train keep how far they got. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}
