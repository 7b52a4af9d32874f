import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobEnd, QueueConnection } from "@loam/nn/sweep/internal";
import { sentenceOf } from "../../exit.js";
import { CommandError } from "../../failure.js";
import { StopRequest } from "../../stop-request.js";
import type { Terminal } from "../../terminal.js";
import {
  attemptFolder,
  dropEarlier,
  RUN_FILES,
  readRunFiles,
  takeOver,
  writeRunFiles,
} from "../attempt-folder.js";
import { checkReport, type TrialNews } from "../run-trial.js";
import { TrialPool } from "../trial-pool.js";
import { QUEUE, type QueuedTrial, queuedTrialSchema } from "./queue-runner.js";

export interface WorkerOptions {
  readonly connection: QueueConnection;
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
export async function work({ connection, slots, lock, idle, terminal }: WorkerOptions): Promise<void> {
  const stop = new StopRequest();
  const pool = new TrialPool();
  const own = await mkdtemp(join(tmpdir(), "loam-worker-"));
  const onReady = () => terminal.note(`worker    ${slots} at once; Ctrl-C gives back what it trains`);
  try {
    const taking = { slots, lock, idle, signal: stop.signal, onReady };
    await connection.takeJobs(QUEUE, taking, async (data, signal): Promise<JobEnd> => {
      const { data: trial } = queuedTrialSchema.safeParse(data);
      if (trial === undefined) {
        terminal.note(
          "noticed   the queue holds what is no trial of this version of loam sweep, which is thrown away",
        );
        return "none";
      }
      try {
        return await carryOut(trial as QueuedTrial, { connection, pool, own, signal, terminal });
      } catch (error) {
        throw new CommandError(sentenceOf(error));
      }
    });
  } finally {
    await pool.close();
    await rm(own, { recursive: true, force: true });
    stop.ignore();
  }
  stop.throwIfStopped(`stopped by ${stop.received}; what was under way goes back to the queue.`);
}

interface Means {
  readonly connection: QueueConnection;
  readonly pool: TrialPool;
  /** A folder of this worker's alone. */
  readonly own: string;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** Trains one trial, or goes on with it, and hands its report in. */
async function carryOut(
  { sweep, id, rung, settings, budget, directory, runs }: QueuedTrial,
  { connection, pool, own, signal, terminal }: Means,
): Promise<JobEnd> {
  const store = connection.store(sweep, checkReport);
  const attempt = await store.beginAttempt(id, rung);
  const home = join(runs ?? own, sweep, id);
  const folder = runs === undefined ? attemptFolder(home, attempt) : await takeOver(home, attempt);
  const [last] = runs === undefined && rung > 0 ? await store.reports([{ id, rung: rung - 1 }]) : [];
  if (last) await writeRunFiles(folder, await store.files(id, last.attempt, RUN_FILES));
  terminal.note(
    `begins    ${sweep} ${id}${rung > 0 ? ` rung ${rung + 1}` : ""}${attempt > 1 ? ` (attempt ${attempt})` : ""}`,
  );
  const onNews = (news: TrialNews) => void store.tell(id, rung, attempt, news);
  const report = await pool.run({ settings, folder, budget, directory }, signal, onNews);
  if (report === undefined) return "back";
  if (runs === undefined) await store.putFiles(id, attempt, await readRunFiles(folder));
  if (await store.handIn(id, rung, { attempt, report })) {
    terminal.note(`reported  ${sweep} ${id}${"error" in report ? `: ${report.error}` : ""}`);
    if (runs !== undefined) await dropEarlier(home, attempt);
    else if (last) await store.dropFiles(id, last.attempt, RUN_FILES);
  } else {
    terminal.note(`discarded ${sweep} ${id}: another worker has it`);
    if (runs === undefined) await store.dropFiles(id, attempt, RUN_FILES);
  }
  if (runs === undefined) await rm(folder, { recursive: true, force: true });
  return "done";
}
