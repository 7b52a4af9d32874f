import type { Dataset, EpochRecord } from "@loam/nn";
import { showCount, showElapsed, showLoss, showPercent } from "./format.js";
import type { TrainingData } from "./load-data.js";
import type { TrainingSettings } from "./network.js";
import type { TrainingResult } from "./run-record.js";
import { networkName } from "./settings.js";

/** What is about to happen, in three lines. */
export function startLines(
  settings: TrainingSettings,
  { training, test }: TrainingData,
  parameters: number,
  threads: number,
): string[] {
  const { optimizer, learningRate, schedule, batchSize, epochs, steps, seed } = settings;
  const samples = (dataset: Dataset) => showCount(dataset.inputs.shape[0]!);
  const length = steps === undefined ? counted(epochs ?? 1, "epoch") : counted(steps, "step");
  const falling = schedule === "constant" ? "" : ` falling to 0 (${schedule})`;
  return [
    `network   ${networkName(settings)}, ${showCount(parameters)} parameters`,
    `data      ${training.name}, ${samples(training)} samples${test ? `; ${samples(test)} held out for the test` : "; no test set"}`,
    `training  ${optimizer} ${learningRate}${falling}, batch ${batchSize}, ${length}, seed ${seed}, ${counted(threads, "thread")}`,
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

/** How it went; the last lines name the test accuracy and the model's file. */
export function resultLines(result: TrainingResult, test: Dataset | undefined): string[] {
  const { testAccuracy, testLoss } = result;
  return [
    `trained        ${counted(result.steps, "step")} in ${showElapsed(result.seconds)}, ${showCount(result.samplesPerSecond)} samples/s`,
    `weights hash   ${result.weightsHash}`,
    ...(test && testAccuracy !== null && testLoss !== null
      ? [
          `test accuracy  ${showPercent(testAccuracy)} of ${showCount(test.inputs.shape[0]!)} samples, loss ${showLoss(testLoss)}`,
        ]
      : []),
    `model          ${result.model}`,
  ];
}
