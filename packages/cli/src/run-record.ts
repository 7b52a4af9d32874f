import { createHash } from "node:crypto";
import type { ConfusionMatrix } from "@loam/nn";
import type { BaselineFigures, Figure, LabelFigures } from "./figures.js";
import type { Search } from "./model-search.js";
import type { TrainingSettings } from "./network.js";
import type { RunFolder } from "./run-folder.js";
import { VERSION } from "./version.js";

type Confusion = ConfusionMatrix | LabelFigures["confusion"];

/** What `loam train --json` prints. Figures of the test set are null where there is none. */
export interface TrainingResult {
  readonly trainLoss: number;
  readonly testLoss: number | null;
  /** Null for numbers too. */
  readonly testAccuracy: number | null;
  readonly testMacroF1?: number;
  /** [right class][told class]; of several labels such a matrix of no and yes by each one's name. */
  readonly testConfusion?: Confusion;
  readonly testPerplexity?: number;
  readonly testRmse?: Figure;
  readonly testMae?: Figure;
  readonly testR2?: Figure;
  /** Of a series: what forecasts come to that need no network. */
  readonly testBaselines?: Readonly<Record<string, BaselineFigures>>;
  /** On what was held out of a table, by which the best epoch was chosen; with the same names as the test's. */
  readonly validationLoss?: number | null;
  readonly validationAccuracy?: number | null;
  readonly validationMacroF1?: number;
  readonly validationConfusion?: Confusion;
  readonly validationPerplexity?: number;
  readonly validationRmse?: Figure;
  readonly validationMae?: Figure;
  readonly validationR2?: Figure;
  readonly validationBaselines?: Readonly<Record<string, BaselineFigures>>;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly parameters: number;
  readonly weightsHash: string;
  readonly model: string;
}

/** Where and when a run began. */
export interface RunOrigin {
  readonly started: string;
  /** The folder that the command ran in: what the settings' relative paths are meant from. */
  readonly directory: string;
}

/** What becomes known while a run goes on. */
export interface RunProgress {
  readonly status: "running" | "finished" | "interrupted" | "failed";
  readonly engine?: { readonly threads: number; readonly binary: string };
  /** Steps done, when a signal or a failure ended the run before its last. */
  readonly stopped?: { readonly step: number; readonly why: string };
  /** When the run went on after it had ended early, and from which step. */
  readonly resumed?: readonly { readonly time: string; readonly step: number }[];
  readonly result?: TrainingResult;
  /** What `--model auto` tried. */
  readonly search?: Search;
}

/** SHA-256 of what decides a run, so that a file that somebody has changed since is told from the one that was written. */
export function configurationHash(seed: unknown, configuration: object): string {
  return createHash("sha256")
    .update(JSON.stringify([seed, configuration]))
    .digest("hex");
}

/** `run.json`: all that is needed to run it again, and how it went. */
export class RunRecord {
  #progress: RunProgress;

  /** `earlier` is what the file says of a run that goes on. */
  constructor(
    readonly folder: RunFolder,
    readonly settings: TrainingSettings,
    readonly origin: RunOrigin,
    earlier: Pick<RunProgress, "resumed" | "search"> = {},
  ) {
    this.#progress = { status: "running", ...earlier };
  }

  /** Keeps for the next `write` what has become known. */
  note(news: Partial<RunProgress>): void {
    this.#progress = { ...this.#progress, ...news };
  }

  /** Writes the file anew with what has become known. */
  async write(news: Partial<RunProgress> = {}): Promise<void> {
    this.note(news);
    const { status, ...rest } = this.#progress;
    const { seed, out: _, ...others } = this.settings;
    const configuration = { ...others, seed };
    const { started, directory } = this.origin;
    await this.folder.writeRun({
      status,
      started,
      directory,
      seed,
      configuration,
      configurationHash: configurationHash(seed, configuration),
      versions: { loam: VERSION, node: process.versions.node },
      ...rest,
    });
  }
}
