import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { sentenceOf } from "../../exit.js";
import { CommandError, Stopped } from "../../failure.js";
import { StopRequest } from "../../stop-request.js";
import type { Terminal } from "../../terminal.js";
import { attemptFolder, dropEarlier, readRunFiles, takeOver, writeRunFiles } from "../attempt-folder.js";
import { TrialPool } from "../trial-pool.js";
import { PREFIX, type RedisPackages } from "./connect.js";
import { type QueuedTrial, queuedTrialSchema } from "./queue-runner.js";
import { QUEUE, SweepStore } from "./sweep-store.js";

export interface WorkerOptions {
  readonly redis: Redis;
  readonly packages: RedisPackages;
  /** Trials at once. */
  readonly slots: number;
  /** Seconds of silence after which a worker's trials are given to others. */
  readonly lock: number;
  /** Seconds without a trial after which the work is over; for good without it. */
  readonly idle: number | undefined;
  readonly terminal: Terminal;
}

/**
 * Takes trials from the queue until a signal comes. Training is done by processes; this one keeps the queue's locks, so that a long step costs none.
 * @throws {Stopped} at a signal: trials under way go back to the queue. @throws {CommandError} where this machine cannot train.
 */
export async function work(options: WorkerOptions): Promise<void> {
  const { redis, packages, slots, lock, idle, terminal } = options;
  const stop = new StopRequest();
  const failure = new AbortController();
  const signal = AbortSignal.any([stop.signal, failure.signal]);
  const pool = new TrialPool();
  const own = await mkdtemp(join(tmpdir(), "loam-worker-"));
  let lastWork = performance.now();
  let underWay = 0;
  const worker = new packages.bullmq.Worker<QueuedTrial>(
    QUEUE,
    async ({ data }) => {
      const { data: trial } = queuedTrialSchema.safeParse(data);
      if (trial === undefined) {
        const why = "the queue holds what is no trial of this version of loam sweep, which is thrown away";
        terminal.note(`noticed   ${why}`);
        throw new packages.bullmq.UnrecoverableError(why);
      }
      underWay++;
      try {
        await carryOut(trial as QueuedTrial, { redis, pool, own, signal, terminal });
      } catch (error) {
        // It goes back to the queue, for a machine that can.
        if (!(error instanceof Stopped)) failure.abort(new CommandError(sentenceOf(error)));
        throw error;
      } finally {
        underWay--;
        lastWork = performance.now();
      }
    },
    {
      connection: redis as never,
      prefix: PREFIX,
      concurrency: slots,
      lockDuration: 1000 * lock,
      stalledInterval: 500 * lock,
      // However many workers die over a trial, it is not the trial's fault.
      maxStalledCount: 1000,
      skipVersionCheck: true,
    },
  );
  worker.on("error", () => {}); // a lost connection is made again
  try {
    await worker.waitUntilReady();
    terminal.note(`worker    ${slots} at once; Ctrl-C gives back what it trains`);
    await over(
      signal,
      () => idle !== undefined && underWay === 0 && performance.now() - lastWork > 1000 * idle,
    );
  } finally {
    await worker.close();
    await pool.close();
    await rm(own, { recursive: true, force: true });
    stop.ignore();
  }
  if (failure.signal.aborted) throw failure.signal.reason;
  stop.throwIfStopped(`stopped by ${stop.received}; what was under way goes back to the queue.`);
}

/** Waits for the signal, or until it is enough. */
async function over(signal: AbortSignal, isEnough: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = setInterval(() => isEnough() && end(), 250);
    const end = () => {
      clearInterval(look);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

interface Means {
  readonly redis: Redis;
  readonly pool: TrialPool;
  /** A folder of this worker's alone. */
  readonly own: string;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** Trains one trial, or goes on with it, and hands its report in. */
async function carryOut(
  { sweep, id, rung, settings, budget, directory, runs }: QueuedTrial,
  { redis, pool, own, signal, terminal }: Means,
): Promise<void> {
  const store = new SweepStore(redis, sweep);
  const attempt = await store.beginAttempt(id, rung);
  const home = join(runs ?? own, sweep, id);
  const folder = runs === undefined ? attemptFolder(home, attempt) : await takeOver(home, attempt);
  const [last] = runs === undefined && rung > 0 ? await store.reports([{ id, rung: rung - 1 }]) : [];
  if (last) await writeRunFiles(folder, await store.files(id, last.attempt));
  terminal.note(
    `begins    ${sweep} ${id}${rung > 0 ? ` rung ${rung + 1}` : ""}${attempt > 1 ? ` (attempt ${attempt})` : ""}`,
  );
  const report = await pool.run({ settings, folder, budget, directory }, signal);
  if (report === undefined) throw new Stopped("SIGTERM", "stopped");
  if (runs === undefined) await store.putFiles(id, attempt, await readRunFiles(folder));
  if (await store.handIn(id, rung, { attempt, report })) {
    terminal.note(`reported  ${sweep} ${id}${"error" in report ? `: ${report.error}` : ""}`);
    if (runs !== undefined) await dropEarlier(home, attempt);
    else if (last) await store.dropFiles(id, last.attempt);
  } else {
    terminal.note(`discarded ${sweep} ${id}: another worker has it`);
    if (runs === undefined) await store.dropFiles(id, attempt);
  }
  if (runs === undefined) await rm(folder, { recursive: true, force: true });
}
