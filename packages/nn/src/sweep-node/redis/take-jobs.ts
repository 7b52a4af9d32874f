import type { Connection } from "./connect.js";
import type { JobEnd, TakeJobsOptions } from "./job-end.js";
import { PREFIX } from "./prefix.js";

/**
 * Takes jobs from a queue until the signal comes, or it has been idle for long enough. A promise of `carryOut` that rejects gives its job back and ends the
 * work with that error.
 */
export async function takeJobs(
  { redis, bullmq }: Connection,
  queue: string,
  { slots, lock, idle, signal: outer, onReady }: TakeJobsOptions,
  carryOut: (data: unknown, signal: AbortSignal) => Promise<JobEnd>,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([outer, failure.signal]);
  let lastWork = performance.now();
  let underWay = 0;
  const worker = new bullmq.Worker<unknown>(
    queue,
    async ({ data }) => {
      underWay++;
      let end: JobEnd;
      try {
        // One that was taken while the work was ending is not begun.
        end = signal.aborted ? "back" : await carryOut(data, signal);
      } catch (error) {
        // It goes back to the queue, for a machine that can.
        failure.abort(error);
        throw error;
      } finally {
        underWay--;
        lastWork = performance.now();
      }
      if (end === "none") throw new bullmq.UnrecoverableError("no job of this queue");
      if (end === "back") throw new Error("goes back to the queue");
    },
    {
      connection: redis as never,
      prefix: PREFIX,
      concurrency: slots,
      lockDuration: 1000 * lock,
      stalledInterval: 500 * lock,
      // However many workers die over a job, it is not the job's fault.
      maxStalledCount: 1000,
      skipVersionCheck: true,
    },
  );
  worker.on("error", () => {}); // a lost connection is made again
  try {
    await worker.waitUntilReady();
    onReady?.();
    await over(
      signal,
      () => idle !== undefined && underWay === 0 && performance.now() - lastWork > 1000 * idle,
    );
  } finally {
    await worker.close();
  }
  if (failure.signal.aborted) throw failure.signal.reason;
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
