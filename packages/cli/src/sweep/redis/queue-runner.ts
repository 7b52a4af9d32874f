import { isAbsolute, join, resolve } from "node:path";
import type { Trial } from "@loam/nn/sweep";
import {
  QUEUE_SLOTS,
  type QueueClient,
  type QueueConnection,
  type SweepStore,
} from "@loam/nn/sweep/internal";
import { z } from "zod";
import { type Config, configSchema } from "../../config.js";
import { attemptFolder, RUN_FILES, readRunFiles, writeRunFiles } from "../attempt-folder.js";
import type { TrialRunner } from "../run-sweep.js";
import type { TrialNews, TrialOrder, TrialReport } from "../run-trial.js";
import { SWEEP_NAME } from "../sweep-config.js";

/** All sweeps' trials wait in one queue, so that a worker need not know of any. */
export const QUEUE = "trials";

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

/** What a worker says of a trial on the way. */
const newsSchema = z.object({ epoch: z.int(), epochs: z.int() });

export interface QueuedTrial {
  readonly sweep: string;
  readonly id: string;
  readonly rung: number;
  readonly settings: Config;
  readonly budget: number;
  readonly directory: string;
  readonly runs?: string | undefined;
}

export interface QueueOptions {
  readonly sweep: string;
  readonly connection: QueueConnection;
  readonly store: SweepStore<TrialReport>;
  readonly runs: string | undefined;
}

/** Puts trials into the queue, waits for what workers report, and brings home what they wrote. */
export class QueueRunner implements TrialRunner {
  readonly slots = QUEUE_SLOTS;
  readonly #options: QueueOptions;
  readonly #client: QueueClient<QueuedTrial, TrialReport>;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#client = options.connection.client(QUEUE, options.store);
  }

  async run(
    { settings, budget, directory, folder }: TrialOrder,
    { id, rung }: Trial<Config>,
    signal: AbortSignal,
    onNews: (news: TrialNews) => void,
  ): Promise<TrialReport | undefined> {
    const { sweep, runs } = this.#options;
    const trial: QueuedTrial = {
      ...{ sweep, id, rung, settings, budget, directory },
      ...(runs !== undefined && { runs: isAbsolute(runs) ? runs : resolve(runs) }),
    };
    const found = await this.#client.run(trial, signal, (news) => {
      const { data } = newsSchema.safeParse(news);
      if (data) onNews(data);
    });
    if (found === undefined) return undefined;
    await this.#bringHome(folder, trial, found.attempt);
    return found.report;
  }

  /** Puts what the run wrote into its folder of the sweep. */
  async #bringHome(folder: string, { id, runs, sweep }: QueuedTrial, attempt: number): Promise<void> {
    const files =
      runs === undefined
        ? await this.#options.store.files(id, attempt, RUN_FILES)
        : await readRunFiles(attemptFolder(join(runs, sweep, id), attempt));
    await writeRunFiles(folder, files);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
