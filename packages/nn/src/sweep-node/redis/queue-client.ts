import { setTimeout } from "node:timers/promises";
import type { AttemptReport, SweepStore } from "./sweep-store.js";

/** Milliseconds from one look for reports to the next. */
const LOOK_MS = 200;

/** How many looks it takes until one for how far trials are. */
const LOOKS_A_NEWS = 5;

/** How many looks it takes until what is awaited is queued again, should it be gone. */
const LOOKS_A_ROUND = 50;

/** More than any sweep has trials under way: the queue holds what nobody has taken yet. */
export const QUEUE_SLOTS = 100_000;

/** What a queue's job is told by. */
export interface QueuedJob {
  readonly sweep: string;
  readonly id: string;
  readonly rung: number;
}

/** What is asked of BullMQ's queue. */
export interface JobQueue {
  add(name: string, data: object, options: object): Promise<unknown>;
  remove(id: string): Promise<unknown>;
  close(): Promise<unknown>;
}

interface Awaited<Job, Report> {
  readonly id: string;
  readonly rung: number;
  readonly job: Job;
  /** Hears how far it is. */
  readonly hear: ((news: unknown) => void) | undefined;
  readonly settle: (report: AttemptReport<Report> | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Puts a sweep's trials into a queue, and waits for what workers report. */
export class QueueClient<Job extends QueuedJob, Report> {
  readonly #store: SweepStore<Report>;
  readonly #queue: JobQueue;
  readonly #awaited = new Map<string, Awaited<Job, Report>>();
  /** What was heard last of those. */
  readonly #told = new Map<string, string>();
  #isOver = false;
  #heard: AbortSignal | undefined;
  readonly #looking: Promise<void>;

  constructor(queue: JobQueue, store: SweepStore<Report>) {
    this.#queue = queue;
    this.#store = store;
    this.#looking = this.#look();
  }

  /** What a trial came to, and which attempt said so; undefined when the signal came. `onNews` hears what its worker tells on the way. */
  async run(
    job: Job,
    signal: AbortSignal,
    onNews?: (news: unknown) => void,
  ): Promise<AttemptReport<Report> | undefined> {
    const { sweep, id, rung } = job;
    const jobId = `${sweep}~${id}~${rung}`;
    // It may have been reported while no sweep was there to hear of it.
    const [known] = await this.#store.reports([{ id, rung }]);
    const found = known ?? (await this.#queued(jobId, job, signal, onNews));
    // Nobody is to begin it any more; one that trains is left to end.
    if (found === undefined) await this.#queue.remove(jobId).catch(() => {});
    return found;
  }

  /** Queues a trial, and waits for its report; undefined when the signal came. */
  async #queued(
    jobId: string,
    job: Job,
    signal: AbortSignal,
    hear: ((news: unknown) => void) | undefined,
  ): Promise<AttemptReport<Report> | undefined> {
    await this.#add(jobId, job);
    const { id, rung } = job;
    try {
      return await new Promise<AttemptReport<Report> | undefined>((settle, reject) => {
        this.#awaited.set(jobId, { id, rung, job, hear, settle, reject });
        this.#hear(signal);
      });
    } finally {
      this.#awaited.delete(jobId);
      this.#told.delete(jobId);
    }
  }

  /** The same number for the same trial: what waits or is trained already is not queued twice. */
  async #add(jobId: string, job: Job): Promise<void> {
    await this.#queue.add("trial", job, {
      jobId,
      removeOnComplete: true,
      removeOnFail: true,
      attempts: 1000,
      backoff: { type: "fixed", delay: 500 },
    });
  }

  /** Ends all waiting when the signal comes, with one listener for any number of trials. */
  #hear(signal: AbortSignal): void {
    const stop = () => {
      for (const { settle } of this.#awaited.values()) settle(undefined);
    };
    if (signal.aborted) stop();
    if (this.#heard === signal) return;
    this.#heard = signal;
    signal.addEventListener("abort", stop, { once: true });
  }

  async #look(): Promise<void> {
    try {
      for (let looks = 1; !this.#isOver; looks++) {
        const all = [...this.#awaited.values()];
        const reports = await this.#store.reports(all);
        for (const [i, one] of all.entries()) if (reports[i] !== undefined) one.settle(reports[i]);
        if (looks % LOOKS_A_NEWS === 0) await this.#hearNews();
        // A server that lost its memory has lost the queue as well.
        if (looks % LOOKS_A_ROUND === 0)
          for (const [jobId, { job }] of this.#awaited) await this.#add(jobId, job);
        await setTimeout(LOOK_MS);
      }
    } catch (error) {
      for (const { reject } of this.#awaited.values()) reject(error);
    }
  }

  /** Passes on what was told since the last time. */
  async #hearNews(): Promise<void> {
    const all = [...this.#awaited].filter(([, { hear }]) => hear !== undefined);
    if (all.length === 0) return;
    const texts = await this.#store.news(all.map(([, one]) => one));
    for (const [i, [jobId, { hear }]] of all.entries()) {
      const text = texts[i] ?? null;
      // One that has ended meanwhile is told of no more.
      if (text === null || this.#told.get(jobId) === text || !this.#awaited.has(jobId)) continue;
      this.#told.set(jobId, text);
      hear!(JSON.parse(text));
    }
  }

  /** Asks nothing of the queue any more; jobs that are in it stay. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.#looking;
    await this.#queue.close();
  }
}
