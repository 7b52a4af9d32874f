import type { TrialRunner } from "../run-sweep.js";
import type { SweepFolder } from "../sweep-folder.js";
import { connect, readAddress, redisPackages } from "./connect.js";

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

/** @throws {CommandError} or {UsageError} where it cannot be reached, within ten seconds. */
export async function openQueue(address: string, runs: string | undefined): Promise<OpenQueue> {
  const where = readAddress(address);
  const packages = await redisPackages();
  const redis = await connect(packages, where);
  return {
    async sweep(folder) {
      const { SweepStore } = await import("./sweep-store.js");
      const { QueueRunner } = await import("./queue-runner.js");
      const sweep = folder.config.name;
      const store = new SweepStore(redis, sweep);
      await store.takeSeat(folder.record.identity);
      return {
        runner: new QueueRunner({ sweep, redis, packages, store, runs }),
        finish: (board) => store.finish(board),
        leave: () => store.leaveSeat(),
      };
    },
    close: () => redis.disconnect(),
  };
}
