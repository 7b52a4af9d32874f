import { type Callback, earlyStopping, reduceOnPlateau, type Sequential } from "@loam/nn";
import { canJoin } from "./committee.js";
import { UsageError } from "./failure.js";
import { memberSeed } from "./load-table.js";
import { makeModel } from "./make-model.js";
import type { TrainingSettings } from "./network.js";
import { isStream, type Samples } from "./samples.js";
import type { Terminal } from "./terminal.js";
import type { TrainingClock } from "./training-clock.js";
import type { TrainingData } from "./training-data.js";
import { memberLine } from "./training-text.js";

/** Networks that are to be made one, and what the training of all but the first took. */
export interface Members {
  readonly members: readonly Sequential[];
  readonly steps: number;
  readonly seconds: number;
  readonly samples: number;
}

export interface MemberOptions {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Hears of each training. */
  readonly clock: TrainingClock;
}

/** @throws {UsageError} where a committee was asked for, of networks that cannot be made one. */
export function requireMembers(
  { layers }: Sequential,
  { members = 1 }: TrainingSettings,
  { others = [] }: TrainingData,
): void {
  if (members === 1 || others.length === 0 || canJoin(layers)) return;
  throw new UsageError(
    "--members is for networks of dense layers with activations between them, which can be made one.",
  );
}

/**
 * Trains the other networks of a committee, each with other rows held out, and gives all of them; undefined when the signal came. No checkpoint is
 * kept of them.
 */
export async function trainMembers(
  first: Sequential,
  settings: TrainingSettings,
  data: TrainingData,
  { terminal, signal, clock }: MemberOptions,
): Promise<Members | undefined> {
  const { others = [] } = data;
  const members = [first];
  let [steps, seconds, samples] = [0, 0, 0];
  if (others.length === 0) return { members, steps, seconds, samples };
  if (!canJoin(first.layers)) return { members, steps, seconds, samples };
  try {
    for (const [i, { training, validation }] of others.entries()) {
      const model = await makeModel(
        { ...settings, seed: memberSeed(settings.seed, i + 1) },
        { ...data, training },
      );
      members.push(model);
      const progress = terminal.progress();
      const history = await model
        .fit(training, {
          ...fitLength(settings, training),
          ...(validation && { validationData: validation }),
          callbacks: [clock.callback, ...stopping(settings, validation !== undefined)],
          signal,
          onSlice: (view) => progress.update(view),
        })
        .finally(() => progress.stop());
      if (history.aborted) return await closed(members.slice(1));
      steps += history.steps;
      seconds += history.seconds;
      samples += history.samplesPerSecond * history.seconds;
      terminal.note(memberLine(i + 2, others.length + 1, history));
    }
    return { members, steps, seconds, samples };
  } catch (error) {
    await closed(members.slice(1));
    throw error;
  }
}

async function closed(models: readonly Sequential[]): Promise<undefined> {
  for (const model of models) await model.close();
}

/** How long a fit is to go on, in which steps, how much each class counts in them, and what becomes of steps that are not finite. */
export function fitLength(
  { batchSize, accumulate, epochs, steps, classWeight, onNan }: TrainingSettings,
  training: Samples,
) {
  return {
    batchSize,
    ...(onNan !== undefined && { onNaN: onNan }),
    ...(accumulate !== undefined && { accumulate }),
    ...(classWeight && { classWeight: weightsOf(classWeight, training) }),
    ...(steps !== undefined && { steps }),
    ...(epochs !== undefined && { epochs }),
  };
}

/** Of a stream the library does not count the classes, as a data set's: samples ÷ (classes · samples of the class). */
function weightsOf(classWeight: NonNullable<TrainingSettings["classWeight"]>, training: Samples) {
  if (classWeight !== "balanced" || !isStream(training)) return classWeight;
  const { classes, classNames } = training;
  const counts = new Map<number, number>();
  for (const one of classes) counts.set(one, (counts.get(one) ?? 0) + 1);
  return Object.fromEntries(
    Array.from(counts, ([one, count]) => [classNames[one]!, classes.length / (counts.size * count)]),
  );
}

/** Lowers the rate, or stops, where it gets no better, and keeps the best weights, where the settings say so. */
export function stopping({ patience, schedule }: TrainingSettings, watched: boolean): Callback[] {
  const monitor = watched ? "validationLoss" : "loss";
  // Three times before the run is given up.
  const few = patience === undefined ? 10 : Math.max(1, Math.floor(patience / 4));
  return [
    ...(schedule === "plateau" ? [reduceOnPlateau({ monitor, factor: 0.5, patience: few })] : []),
    ...(patience === undefined ? [] : [earlyStopping({ monitor, patience, restoreBest: true })]),
  ];
}
