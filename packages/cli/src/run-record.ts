import type { TrainingSettings } from "./network.js";
import type { RunFolder } from "./run-folder.js";
import { VERSION } from "./version.js";

/** What `loam train --json` prints. Figures of the test set are null where there is none. */
export interface TrainingResult {
  readonly trainLoss: number;
  readonly testLoss: number | null;
  readonly testAccuracy: number | null;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly parameters: number;
  readonly weightsHash: string;
  readonly model: string;
}

/** What becomes known while a run goes on. */
export interface RunProgress {
  readonly status: "running" | "finished" | "interrupted" | "failed";
  readonly engine?: { readonly threads: number; readonly binary: string };
  /** Steps done, when a signal or a failure ended the run before its last. */
  readonly stopped?: { readonly step: number; readonly why: string };
  readonly result?: TrainingResult;
}

/** `run.json`: all that is needed to run it again, and how it went. */
export class RunRecord {
  #progress: RunProgress = { status: "running" };

  constructor(
    readonly folder: RunFolder,
    readonly settings: TrainingSettings,
    readonly started: Date,
  ) {}

  /** Writes the file anew with what has become known. */
  async write(news: Partial<RunProgress> = {}): Promise<void> {
    this.#progress = { ...this.#progress, ...news };
    const { status, ...rest } = this.#progress;
    const { seed, out: _, ...configuration } = this.settings;
    await this.folder.writeRun({
      status,
      started: this.started.toISOString(),
      seed,
      configuration: { ...configuration, seed },
      versions: { loam: VERSION, node: process.versions.node },
      ...rest,
    });
  }
}
