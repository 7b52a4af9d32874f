import { isAbsolute, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Trial } from "@loam/nn/sweep";
import type { Redis } from "ioredis";
import { z } from "zod";
import { type Config, configSchema } from "../../config.js";
import { attemptFolder, readRunFiles, writeRunFiles } from "../attempt-folder.js";
import type { TrialRunner } from "../run-sweep.js";
import type { TrialOrder, TrialReport } from "../run-trial.js";
import { SWEEP_NAME } from "../sweep-config.js";
import { PREFIX, type RedisPackages } from "./connect.js";
import { type AttemptReport, QUEUE, type SweepStore } from "./sweep-store.js";

/** What a worker is told of a trial. What it becomes a path of is held to its form. */
export const queuedTrialSchema = z.object({
  sweep: z.string().regex(SWEEP_NAME),
  id: z.string().regex(/^c\d+-s\d+(-f\d+)?$/),
  rung: z.int().min(0),
  settings: configSchema,
  budget: z.number().gt(0).max(1),
  directory: z.string(),
  /** A folder that all machines see, for the runs; without it, workers send back what they wrote. */
  runs: z.string().optional(),
});

export interface QueuedTrial {
  readonly sweep: string;
  readonly id: string;
  readonly rung: number;
  readonly settings: Config;
  readonly budget: number;
  readonly directory: string;
  readonly runs?: string | undefined;
}

/** Milliseconds from one look for reports to the next. */
const LOOK_MS = 200;

/** How many looks it takes until what is awaited is queued again, should it be gone. */
const LOOKS_A_ROUND = 50;

/** More than any sweep has trials under way: the queue holds what nobody has taken yet. */
const SLOTS = 100_000;

export interface QueueOptions {
  readonly sweep: string;
  readonly redis: Redis;
  readonly packages: RedisPackages;
  readonly store: SweepStore;
  readonly runs: string | undefined;
}

/** Puts trials into the queue, and waits for what workers report. */
export class QueueRunner implements TrialRunner {
  readonly slots = SLOTS;
  readonly #options: QueueOptions;
  readonly #queue: InstanceType<RedisPackages["bullmq"]["Queue"]>;
  readonly #awaited = new Map<string, Awaited>();
  #isOver = false;
  #heard: AbortSignal | undefined;
  readonly #looking: Promise<void>;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#queue = new options.packages.bullmq.Queue(QUEUE, {
      connection: options.redis as never,
      prefix: PREFIX,
      skipVersionCheck: true,
    });
    this.#queue.on("error", () => {}); // a lost connection is made again
    this.#looking = this.#look();
  }

  async run(
    order: TrialOrder,
    { id, rung }: Trial<Config>,
    signal: AbortSignal,
  ): Promise<TrialReport | undefined> {
    const { sweep, runs } = this.#options;
    const trial: QueuedTrial = {
      ...{ sweep, id, rung },
      ...{ settings: order.settings, budget: order.budget, directory: order.directory },
      ...(runs !== undefined && { runs: isAbsolute(runs) ? runs : resolve(runs) }),
    };
    const jobId = `${sweep}~${id}~${rung}`;
    // It may have been reported while no sweep was there to hear of it.
    const [known] = await this.#options.store.reports([{ id, rung }]);
    const found = known ?? (await this.#queued(jobId, trial, signal));
    if (found === undefined) {
      // Nobody is to begin it any more; one that trains is left to end.
      await this.#queue.remove(jobId).catch(() => {});
      return undefined;
    }
    await this.#bringHome(order.folder, trial, found.attempt);
    return found.report;
  }

  /** Queues a trial, and waits for its report; undefined when the signal came. */
  async #queued(jobId: string, trial: QueuedTrial, signal: AbortSignal): Promise<AttemptReport | undefined> {
    await this.#add(jobId, trial);
    const { id, rung } = trial;
    try {
      return await new Promise<AttemptReport | undefined>((settle, reject) => {
        this.#awaited.set(jobId, { id, rung, trial, settle, reject });
        this.#hear(signal);
      });
    } finally {
      this.#awaited.delete(jobId);
    }
  }

  /** The same number for the same trial: what waits or is trained already is not queued twice. */
  async #add(jobId: string, trial: QueuedTrial): Promise<void> {
    await this.#queue.add("trial", trial, {
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

  /** Puts what the run wrote into its folder of the sweep. */
  async #bringHome(folder: string, { id, runs, sweep }: QueuedTrial, attempt: number): Promise<void> {
    const files =
      runs === undefined
        ? await this.#options.store.files(id, attempt)
        : await readRunFiles(attemptFolder(join(runs, sweep, id), attempt));
    await writeRunFiles(folder, files);
  }

  async #look(): Promise<void> {
    try {
      for (let looks = 1; !this.#isOver; looks++) {
        const all = [...this.#awaited.values()];
        const reports = await this.#options.store.reports(all);
        for (const [i, one] of all.entries()) if (reports[i] !== undefined) one.settle(reports[i]);
        // A server that lost its memory has lost the queue as well.
        if (looks % LOOKS_A_ROUND === 0)
          for (const [jobId, { trial }] of this.#awaited) await this.#add(jobId, trial);
        await setTimeout(LOOK_MS);
      }
    } catch (error) {
      for (const { reject } of this.#awaited.values()) reject(error);
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#looking;
    await this.#queue.close();
  }
}

interface Awaited {
  readonly id: string;
  readonly rung: number;
  readonly trial: QueuedTrial;
  readonly settle: (report: AttemptReport | undefined) => void;
  readonly reject: (error: unknown) => void;
}
