import { availableParallelism } from "node:os";
import { QueueConnection } from "@loam/nn/sweep/internal";
import { type Command, Option } from "commander";
import { UsageError } from "../failure.js";
import { readParallel } from "../sweep/read-parallel.js";
import { work } from "../sweep/redis/worker.js";
import type { Terminal } from "../terminal.js";

interface WorkerFlags {
  readonly redis: string;
  readonly parallel?: number;
  readonly lock?: number;
  readonly idle?: number;
}

/** `loam worker`. */
export function workerCommand(loam: Command, terminal: Terminal): Command {
  const seconds = (flag: string, least: number) => (text: string) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= least) return value;
    throw new UsageError(`${flag} must be seconds of at least ${least}, got ${JSON.stringify(text)}.`);
  };
  return loam
    .command("worker")
    .description("Train what loam sweep --redis queues, until it is stopped.")
    .requiredOption("--redis <url>", "where the queue is: redis:// or, with TLS, rediss://")
    .addOption(new Option("--parallel <n>", "trials at once (default: the cores)").argParser(readParallel))
    .addOption(
      new Option(
        "--lock <seconds>",
        "how long this worker may be silent until its trials go to others (default: 30)",
      ).argParser(seconds("--lock", 1)),
    )
    .addOption(
      new Option("--idle <seconds>", "end after so long without a trial (default: never)").argParser(
        seconds("--idle", 0),
      ),
    )
    .action(async ({ redis: url, parallel, lock = 30, idle }: WorkerFlags) => {
      const connection = await QueueConnection.open("--redis", url);
      try {
        const slots = parallel ?? availableParallelism();
        await work({ connection, slots, lock, idle, terminal });
      } finally {
        connection.close();
      }
    });
}
