import { QueueConnection } from "@loam/nn/sweep/internal";
import { UsageError } from "../../failure.js";
import type { TrialRunner } from "../run-sweep.js";
import { checkReport } from "../run-trial.js";
import type { SweepFolder } from "../sweep-folder.js";

/** The queue of a Redis server. */
export interface OpenQueue {
  /** Makes this process the one that carries out a folder's sweep. @throws {UsageError} where its name is taken. */
  sweep(folder: SweepFolder): Promise<Seat>;
  close(): void;
}

/** The place of whoever carries a sweep out, of which there is one. */
export interface Seat {
  readonly runner: TrialRunner;
  /** Leaves the leaderboard in Redis. */
  finish(board: string): Promise<void>;
  leave(): Promise<void>;
}

/** @throws {LoamError} where it cannot be reached, within ten seconds. */
export async function openQueue(address: string, runs: string | undefined): Promise<OpenQueue> {
  const connection = await QueueConnection.open("--redis", address);
  return {
    async sweep(folder) {
      const { QueueRunner } = await import("./queue-runner.js");
      const sweep = folder.config.name;
      const store = connection.store(sweep, checkReport);
      const seated = await store.takeSeat(folder.record.identity);
      if (seated === "other")
        throw new UsageError(
          `${sweep}: Redis holds a sweep of this name that is not done; loam sweep --resume with its folder goes on with it, or give this one another "name".`,
        );
      if (seated !== "seated")
        throw new UsageError(
          `${sweep}: process ${seated.heldBy} carries out a sweep of this name; give this one another "name".`,
        );
      return {
        runner: new QueueRunner({ sweep, connection, store, runs }),
        finish: (board) => store.finish(board),
        leave: () => store.leaveSeat(),
      };
    },
    close: () => connection.close(),
  };
}
