import type { Config } from "./config.js";
import { sentenceOf } from "./exit.js";
import { Stopped } from "./failure.js";
import { showElapsed, showLoss } from "./format.js";
import { makeModel } from "./make-model.js";
import type { Candidate, Search, Trial } from "./model-search.js";
import { isTextModel } from "./names.js";
import { type TrainingSettings, withTrainingDefaults } from "./network.js";
import { type DataKind, resolveSettings } from "./settings.js";
import type { StopRequest } from "./stop-request.js";
import type { Terminal } from "./terminal.js";
import { fitLength, stopping } from "./train-members.js";
import type { TrainingData } from "./training-data.js";

/** The most likely first: the budget may end before the last. */
const TABLES: readonly Candidate[] = [
  { model: "table" },
  { model: "table", dropout: 0.2 },
  { model: "softmax" },
  { model: "table", learningRate: 0.0005 },
  { model: "mlp" },
  { model: "table", batchSize: 128 },
  { model: "mlp", dropout: 0.5 },
];
const SERIES: readonly Candidate[] = [
  { model: "series" },
  { model: "softmax" },
  { model: "series", learningRate: 0.0003 },
  { model: "series", dropout: 0.1 },
  { model: "mlp" },
];
const DIGITS: readonly Candidate[] = [
  { model: "cnn" },
  { model: "lenet" },
  { model: "mlp" },
  { model: "pictures" },
  { model: "softmax" },
];
const PICTURES: readonly Candidate[] = [
  { model: "pictures" },
  { model: "pictures", dropout: 0.4 },
  { model: "lenet" },
  { model: "cnn" },
  { model: "pictures", learningRate: 0.0003 },
];
const VECTORS: readonly Candidate[] = [
  { model: "mlp" },
  { model: "table" },
  { model: "softmax" },
  { model: "mlp", dropout: 0.5 },
];
const CANDIDATES: Readonly<Record<DataKind, readonly Candidate[]>> = {
  digits: DIGITS,
  mnist: DIGITS,
  folder: DIGITS,
  table: TABLES,
  pixels: [
    { model: "lenet" },
    { model: "cnn" },
    { model: "mlp" },
    { model: "pictures" },
    { model: "softmax" },
  ],
  pictures: PICTURES,
  cifar: PICTURES,
  npz: VECTORS,
  text: [{ model: "char-gpt" }, { model: "char-lstm" }],
  recordings: [{ model: "recordings" }, { model: "recordings", dropout: 0.5 }],
  texts: [{ model: "text" }, { model: "text", dropout: 0.5 }],
};

/** What data is held out to compare candidates by, where the settings do not say. */
const SPLIT = 0.15;
export const BUDGET = 60;

export interface SearchOptions {
  readonly kind: DataKind;
  /** Seconds after which no further candidate is begun, and one that goes on is given up; the first is always tried to its end. */
  readonly budget: number;
  readonly load: (settings: TrainingSettings) => Promise<TrainingData>;
  readonly terminal: Terminal;
  readonly stop: StopRequest;
}

/**
 * Trains one network for each of a list of settings, and takes those with the lowest validation loss. The clock decides only how many are tried; what each
 * comes to is a function of settings, seed and data.
 */
export async function chooseModel(flags: Config, file: Config, options: SearchOptions): Promise<Search> {
  const { kind, budget, load, terminal, stop } = options;
  const began = performance.now();
  const left = () => 1000 * budget - (performance.now() - began);
  const trials: Trial[] = [];
  let data: TrainingData | undefined;
  // What somebody gave stays; candidates that differ in nothing else are one.
  const candidates = distinct(
    ((flags.horizon ?? file.horizon) === undefined ? CANDIDATES[kind] : SERIES).map((one) => ({
      ...one,
      ...given(flags, file, one),
    })),
  );
  for (const [i, candidate] of candidates.entries()) {
    if (i > 0 && left() <= 0) break;
    const settings = withTrainingDefaults(
      resolveSettings(
        {
          ...flags,
          ...candidate,
          members: 1,
          validationSplit: flags.validationSplit ?? file.validationSplit ?? SPLIT,
        },
        file,
        kind,
      ),
    );
    data ??= await stop.orStopped(load(settings));
    stop.throwIfStopped("stopped before the first step.");
    if (data === undefined) break;
    const timer = new AbortController();
    const timeout = i > 0 ? setTimeout(() => timer.abort(), left()) : undefined;
    try {
      const trial = await tryOne(candidate, settings, data, AbortSignal.any([timer.signal, stop.signal]));
      stop.throwIfStopped("stopped before the first step.");
      if (trial === undefined) break;
      trials.push(trial);
      terminal.note(`tried     ${trialLine(trial)}`);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      // A network that does not fit the data, or whose numbers stop being finite, is no choice; others may be.
      terminal.note(`tried     ${nameOf(candidate)}: ${sentenceOf(error)}`);
      trials.push({ settings: candidate, validationLoss: null, epochs: 0 });
    } finally {
      clearTimeout(timeout);
    }
  }
  const best = trials.reduce((a, b) => (lossOf(b) < lossOf(a) ? b : a));
  const untried = candidates.length - trials.length;
  terminal.note(
    `chosen    ${nameOf(best.settings)}, of ${trials.length} tried in ${showElapsed((performance.now() - began) / 1000)}${untried > 0 ? `; for ${untried} more there was no time` : ""}`,
  );
  return { chosen: best.settings, trials };
}

function lossOf({ validationLoss }: Trial): number {
  return validationLoss ?? Number.POSITIVE_INFINITY;
}

/** Undefined when the time was over before its end. */
async function tryOne(
  candidate: Candidate,
  settings: TrainingSettings,
  data: TrainingData,
  signal: AbortSignal,
): Promise<Trial | undefined> {
  const { validation, validationSplit } = data;
  // Losses of different networks are compared, and so without what a network's own default adds to them.
  const plain = isTextModel(settings.model) ? settings : { l2: 0, ...settings };
  const model = await makeModel(plain, data);
  try {
    const history = await model.fit(data.training, {
      ...fitLength(settings, data.training),
      ...(validation ? { validationData: validation } : { validationSplit: validationSplit ?? SPLIT }),
      callbacks: stopping(settings, true),
      signal,
    });
    if (history.aborted) return undefined;
    const losses = history.epochs.map((epoch) => epoch.validationLoss ?? Number.POSITIVE_INFINITY);
    const least = Math.min(...losses);
    return {
      settings: candidate,
      validationLoss: Number.isFinite(least) ? least : null,
      epochs: history.epochs.length,
    };
  } finally {
    await model.close();
  }
}

function given(flags: Config, file: Config, candidate: Candidate): Candidate {
  const names = ["dropout", "learningRate", "batchSize"] as const;
  const all = { ...file, ...flags };
  // A network without dropout layers is tried without the rate.
  return Object.fromEntries(
    names.flatMap((name) =>
      all[name] === undefined || (name === "dropout" && isPlain(candidate)) ? [] : [[name, all[name]]],
    ),
  );
}

function isPlain({ model }: Candidate): boolean {
  return model === "softmax" || model === "lenet";
}

function distinct(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Map(candidates.map((one) => [nameOf(one), one]));
  return [...seen.values()];
}

function nameOf({ model, ...others }: Candidate): string {
  const words = { dropout: "dropout", learningRate: "learning rate", batchSize: "batch" } as const;
  const said = Object.entries(others).map(([name, value]) => `${words[name as keyof typeof words]} ${value}`);
  return [model, ...said].join(", ");
}

function trialLine({ settings, validationLoss, epochs }: Trial): string {
  const loss = validationLoss === null ? "no finite loss" : `validation loss ${showLoss(validationLoss)}`;
  return `${nameOf(settings)}: ${loss} in ${epochs} epoch${epochs === 1 ? "" : "s"}`;
}

/** `60s`, `2m`, `90` → seconds; undefined for what is none. */
export function secondsOf(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(s|m|min|h)?$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) return undefined;
  return Number(number) * { s: 1, m: 60, min: 60, h: 3600 }[unit as "s" | "m" | "min" | "h"];
}
