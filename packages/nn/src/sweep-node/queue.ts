import { randomUUID } from "node:crypto";
import { ConfigError, requireIn, requirePositiveInteger, showValue } from "../errors.js";
import { requireOptions } from "../options.js";
import { inProcess, type Objective } from "../sweep/sweep.js";
import type { AnySettings, SweepEngine, Trial, TrialOutcome } from "../sweep/trial.js";
import { QUEUE_SLOTS } from "./redis/queue-client.js";
import { QueueConnection } from "./redis/queue-connection.js";

/** Of a queue, and so of a key of Redis. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Seconds of silence after which a worker's trials are given to others. */
const LOCK = 30;

export interface QueueOptions {
  /** Where Redis is: `redis://host:6379`, or `rediss://` with TLS, with user and password as it may have them. */
  readonly redis: string;
  /** Of the queue, by which workers know what function its trials are for: letters, digits, dots and dashes. */
  readonly name: string;
}

export interface ServeQueueOptions extends QueueOptions {
  /** How many calls of a function are under way at once; default 1. An engine has slots of its own. */
  readonly parallel?: number;
  /** Seconds that this worker may be silent until its trials are given to others; default 30. */
  readonly lock?: number;
  /** Ends the work after so many seconds without a trial; default never. */
  readonly idle?: number;
  /** Ends the work: trials under way go back to the queue. */
  readonly signal?: AbortSignal;
}

/** An engine of a queue. */
export interface Queue<Settings = AnySettings> extends SweepEngine<Settings> {
  /** Ends the connection; without it the program does not end. */
  close(): Promise<void>;
}

/** A trial as it waits. */
interface WaitingTrial {
  readonly sweep: string;
  readonly id: string;
  readonly rung: number;
  readonly trial: Trial;
}

/**
 * The engine that queues trials in Redis, for `serveQueue` on as many machines as there are; `bullmq` and `ioredis` are to be installed beside Loam. A trial
 * whose worker dies goes to another one. It may be begun twice so, and is reported once. The leaderboard is that of one machine.
 *
 * ```ts
 * const engine = await queue({ redis: "redis://queue:6379", name: "digits" });
 * const { best } = await sweep({ units: [8, 16, 32] }, engine).finally(() => engine.close());
 * // on each machine
 * await serveQueue(processes({ module: new URL("./objective.js", import.meta.url) }), { redis: "redis://queue:6379", name: "digits" });
 * ```
 *
 * @throws {ConfigError} `redis-address`, `queue-name`. @throws {PlatformError} `redis-packages`, `redis-unusable`, within ten seconds.
 */
export async function queue<Settings = AnySettings>(options: QueueOptions): Promise<Queue<Settings>> {
  requireOptions("queue", options, ["redis", "name"]);
  requireName("queue", options.name);
  const connection = await QueueConnection.open("queue: redis", options.redis);
  // Each is a sweep of its own, whatever others wait in the same queue.
  const sweep = `${options.name}.${randomUUID()}`;
  const store = connection.store(sweep, outcomeOf);
  await store.takeSeat(sweep);
  const client = connection.client<WaitingTrial, TrialOutcome>(keyOf(options.name), store);
  return {
    slots: QUEUE_SLOTS,
    async run(trial, signal) {
      const { id, rung } = trial;
      const found = await client.run({ sweep, id, rung, trial: trial as Trial }, signal);
      return found?.report ?? { value: null, error: "was stopped" };
    },
    async close() {
      await client.close();
      await store.finish("");
      await store.leaveSeat();
      connection.close();
    },
  };
}

/**
 * Takes the trials of a queue, and has a function or an engine such as `processes` run them, until the signal comes or it has been idle for long enough. A
 * function that keeps this process busy for longer than `lock` without a pause seems dead, and its trial goes to another; an engine of processes does not.
 * @throws {ConfigError} `redis-address`, `queue-name`. @throws {PlatformError} `redis-packages`, `redis-unusable`; what an engine's promise rejects with.
 */
export async function serveQueue<Settings = AnySettings>(
  objective: Objective<Settings> | SweepEngine<Settings>,
  options: ServeQueueOptions,
): Promise<void> {
  requireOptions("serveQueue", options, ["redis", "name", "parallel", "lock", "idle", "signal"]);
  const { redis, name, parallel = 1, lock = LOCK, idle, signal = new AbortController().signal } = options;
  requireName("serveQueue", name);
  requirePositiveInteger("serveQueue", "parallel", parallel);
  requireIn("serveQueue", "lock", lock, "[1, Infinity)");
  if (idle !== undefined) requireIn("serveQueue", "idle", idle, "[0, Infinity)");
  const engine = typeof objective === "function" ? inProcess(objective, parallel) : objective;
  const connection = await QueueConnection.open("serveQueue: redis", redis);
  try {
    await connection.takeJobs(
      keyOf(name),
      { slots: engine.slots, lock, idle, signal },
      async (data, stopped) => {
        const job = waitingTrial(data);
        if (job === undefined) return "none";
        const { sweep, id, rung, trial } = job;
        const store = connection.store(sweep, outcomeOf);
        // Whoever queued it is gone; one who is not queues it again.
        if (!(await store.isWanted())) return "done";
        const attempt = await store.beginAttempt(id, rung);
        const report = await engine.run(trial as Trial<Settings>, stopped);
        if (stopped.aborted) return "back";
        await store.handIn(id, rung, { attempt, report });
        return "done";
      },
    );
  } finally {
    connection.close();
  }
}

function requireName(owner: string, name: unknown): void {
  if (typeof name === "string" && NAME.test(name)) return;
  throw new ConfigError(
    "queue-name",
    `${owner}: name must be letters, digits, dots and dashes, at most 64, got ${showValue(name)}.`,
  );
}

/** BullMQ's name of a queue; the command's is "trials". */
function keyOf(name: string): string {
  return `objective-${name}`;
}

function outcomeOf(report: unknown): TrialOutcome | undefined {
  const { value } = Object(report) as TrialOutcome;
  return value === null || typeof value === "number" ? (report as TrialOutcome) : undefined;
}

function waitingTrial(data: unknown): WaitingTrial | undefined {
  const { sweep, id, rung, trial } = Object(data) as WaitingTrial;
  const isOne =
    typeof sweep === "string" &&
    typeof id === "string" &&
    Number.isInteger(rung) &&
    typeof trial === "object" &&
    trial !== null;
  return isOne ? (data as WaitingTrial) : undefined;
}
