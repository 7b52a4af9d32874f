import { access } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../config.js";
import { sentenceOf } from "../exit.js";
import { Stopped } from "../failure.js";
import type { loadTrainingData } from "../load-data.js";
import type { ProgressView } from "../progress-line.js";
import { Terminal, type TrainingProgress } from "../terminal.js";
import { resume, train } from "../training-run.js";
import { METRIC_NAMES, trialFigures } from "./metric.js";

/** A training that a sweep gives to a process: plain data. */
export interface TrialOrder {
  /** All that it is trained with. */
  readonly settings: Config;
  /** Its run folder, as an absolute path. */
  readonly folder: string;
  /** The share of the whole run after which it pauses, in (0, 1]. */
  readonly budget: number;
  /** What relative paths of the settings are meant from; where it is not there, the process's own folder. */
  readonly directory: string;
}

/** How a trial went: its figures, or why it has none. */
export type TrialReport = z.output<typeof reportSchema>;

const figure = z.number();
export const reportSchema = z.union([
  z.object({
    figures: z.partialRecord(z.enum(METRIC_NAMES), figure),
    /** Whether the run came to its end, and no larger budget would change it. */
    isWhole: z.boolean(),
    epochs: figure,
    steps: figure,
    parameters: figure,
    weightsHash: z.string(),
    /** Of steps and validations alone, in this session; with what follows, what is not the same twice. */
    seconds: figure,
    /** Of the processor; an earlier version did not say it. */
    processor: figure.optional(),
  }),
  z.object({ error: z.string() }),
]);

/** A report as another process gave it; undefined for what is none. */
export function checkReport(report: unknown): TrialReport | undefined {
  return reportSchema.safeParse(report).data;
}

/** How far a trial is. */
export type TrialNews = Pick<ProgressView, "epoch" | "epochs">;

/** What a process has for its trials. */
export interface TrialMeans {
  readonly load?: typeof loadTrainingData;
  /** Hears how far it is, now and then. */
  readonly tell?: (news: TrialNews) => void;
}

/** Milliseconds from one such news to the next: a person looks on. */
const NEWS_MS = 1000;

/** Seconds from one checkpoint to the next, each of which takes hundredths of one: a kill costs a trial so much, and its bits nothing. */
const CHECKPOINT_PAUSE = 5;

/** A trial prints nothing: the sweep tells of it. */
const SILENT = { write: () => true };

class TrialTerminal extends Terminal {
  constructor(readonly tell: (news: TrialNews) => void) {
    super(SILENT, SILENT);
  }

  override progress(): TrainingProgress {
    let due = performance.now() + NEWS_MS;
    return {
      update: ({ epoch, epochs }) => {
        const now = performance.now();
        if (now < due) return;
        due = now + NEWS_MS;
        this.tell({ epoch, epochs });
      },
      line() {},
      stop() {},
    };
  }
}

/**
 * Trains, or goes on with what lies in the folder. A run that fails is reported with its sentence.
 * @throws {Stopped} when a signal came; the folder keeps how far it got. The host's error where this machine is to blame: another may do it.
 */
export async function runTrial(
  { settings, folder, budget, directory }: TrialOrder,
  { load, tell = () => {} }: TrialMeans = {},
): Promise<TrialReport> {
  if (await isThere(directory)) process.chdir(directory);
  const terminal = new TrialTerminal(tell);
  const options = {
    ...{ terminal, json: false, quiet: true, budget },
    checkpointPause: CHECKPOINT_PAUSE,
    // The test set has no say here, but as a fold.
    isTested: settings.folds !== undefined,
    ...(load && { load }),
  };
  try {
    const outcome = (await isThere(join(folder, "run.json")))
      ? await resume(folder, {}, { ...options, again: true })
      : await train({ ...settings, out: folder }, {}, options);
    const { epochs, steps, parameters, weightsHash } = outcome.result;
    return {
      figures: trialFigures(outcome, settings.folds !== undefined),
      isWhole: !outcome.paused,
      ...{ epochs, steps, parameters, weightsHash, ...outcome.took },
    };
  } catch (error) {
    if (error instanceof Stopped || isOfHost(error)) throw error;
    return { error: sentenceOf(error) };
  }
}

/** What says nothing of the settings, and everything of the machine. */
const HOST_CODES: ReadonlySet<unknown> = new Set([
  ...["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "EMFILE", "ENFILE", "ENOMEM", "EFBIG"],
]);

function isOfHost(error: unknown): boolean {
  return HOST_CODES.has((error as NodeJS.ErrnoException | undefined)?.code);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
