import type { EpochRecord, History } from "@loam/nn";
import type { Measured } from "./figures.js";
import { showCount, showElapsed, showLoss, showPercent } from "./format.js";
import type { TrainingSettings } from "./network.js";
import type { TrainingResult } from "./run-record.js";
import { countOf, type Samples } from "./samples.js";
import { baselineLines, figuresLine } from "./say-figures.js";
import { networkName } from "./settings.js";
import type { TrainingTime } from "./training-clock.js";
import type { TrainingData } from "./training-data.js";

/** What is about to happen, in three lines. */
export function startLines(
  settings: TrainingSettings,
  { training, validation, test, lines }: TrainingData,
  parameters: number,
  threads: number,
): string[] {
  const { optimizer, learningRate, schedule, batchSize, accumulate = 1, epochs, steps, seed } = settings;
  const samples = (data: Samples) => showCount(countOf(data));
  const length = steps === undefined ? counted(epochs ?? 1, "epoch") : counted(steps, "step");
  const falling = schedule === "constant" ? "" : ` falling to 0 (${schedule})`;
  return [
    `network   ${networkName(settings)}, ${showCount(parameters)} parameters`,
    `data      ${training.name}, ${samples(training)} samples${validation ? `; ${samples(validation)} held out to choose the best epoch` : ""}${test ? `; ${samples(test)} held out for the test` : validation ? "" : "; no test set"}`,
    ...lines,
    `training  ${optimizer} ${learningRate}${falling}, batch ${batchSize}${accumulate > 1 ? ` x ${accumulate}` : ""}, ${length}, seed ${seed}, ${counted(threads, "thread")}`,
  ];
}

/** Where a run goes on that had ended early. */
export function resumeLine(step: number): string {
  return step > 0
    ? `goes on   after step ${showCount(step)}`
    : "goes on   from its first step, as there is no checkpoint";
}

/** Why a run ended before its last epoch, as `History.stopped` says. */
export function stoppedLine(why: string): string {
  return `stopped    early: ${why}; the weights are that epoch's`;
}

/** How often steps were not finite, and what became of that. */
export function recoveredLine(times: number, onNan: TrainingSettings["onNan"]): string {
  return onNan === "skip"
    ? `skipped    ${counted(times, "step")} that were not finite`
    : `went back  ${counted(times, "time")} from what was not finite, each time to half the learning rate`;
}

/** How another network of a committee went. */
export function memberLine(member: number, members: number, { epochs }: History): string {
  const losses = epochs.map(({ validationLoss = Number.NaN }) => validationLoss);
  const best = losses.reduce((least, loss) => Math.min(least, loss));
  return `network ${member}/${members}  ${counted(epochs.length, "epoch")}, best validation loss ${showLoss(best)}`;
}

/** `1 epoch`, `1,000 steps`. */
function counted(count: number, noun: string): string {
  return `${showCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The line that stays when an epoch is over. */
export function epochLine(record: EpochRecord, epochs: number): string {
  const { epoch, loss, accuracy, metrics = {}, seconds } = record;
  const { validationLoss, validationAccuracy, validationMetrics = {} } = record;
  const own = (figures: Readonly<Record<string, number>>) =>
    Object.entries(figures).map(([name, value]) => `${name} ${showLoss(value)}`);
  return [
    `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${showLoss(loss)}`,
    accuracy !== undefined && `accuracy ${showPercent(accuracy)}`,
    ...own(metrics),
    validationLoss !== undefined && `validation loss ${showLoss(validationLoss)}`,
    validationAccuracy !== undefined && `accuracy ${showPercent(validationAccuracy)}`,
    ...own(validationMetrics),
    showElapsed(seconds),
  ]
    .filter((part) => part !== false)
    .join("  ");
}

/** What a run came to. */
export interface Outcome {
  readonly result: TrainingResult;
  readonly epochs: readonly EpochRecord[];
  /** Of the steps and validations of this session. */
  readonly took: TrainingTime;
  /** Whether it is to go on later. */
  readonly paused?: boolean;
  readonly validation?: Measured;
  readonly test?: Measured;
}

function tells({ figures }: Measured): boolean {
  return figures.kind === "classes" || figures.kind === "labels";
}

/** The same of forecasts that need no network. */
function beside(measured: Measured): string[] {
  return baselineLines(measured).map((line) => `  beside       ${line}`);
}

/** How it went; the last lines name what was measured and the model's file. */
export function resultLines({ result, validation, test }: Outcome): string[] {
  return [
    `trained        ${counted(result.steps, "step")} in ${showElapsed(result.seconds)}, ${showCount(result.samplesPerSecond)} samples/s`,
    `weights hash   ${result.weightsHash}`,
    ...(validation
      ? [
          `held out       ${tells(validation) ? "accuracy " : ""}${figuresLine(validation)}`,
          ...beside(validation),
        ]
      : []),
    ...(test
      ? [`${tells(test) ? "test accuracy" : "test error   "}  ${figuresLine(test)}`, ...beside(test)]
      : []),
    `model          ${result.model}`,
  ];
}
