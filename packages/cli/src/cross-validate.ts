import { join } from "node:path";
import { showNumber } from "@loam/nn/data/table";
import { showLoss, showPercent } from "./format.js";
import type { TrainingResult } from "./run-record.js";
import { figuresLine } from "./say-figures.js";
import type { Terminal } from "./terminal.js";
import type { Outcome } from "./training-text.js";
import { writeFileWhole } from "./write-file.js";

/** What `loam train --folds k --json` prints, and what folds.json holds. */
export interface CrossValidation {
  readonly seed: number;
  /** As `loam train --json` says of one run; the test is the fold. */
  readonly folds: readonly TrainingResult[];
  /** Of the test's figures over the folds, by their names; of several targets objects by these. */
  readonly mean: Averages;
  /** Of a sample: with k − 1 in the denominator. */
  readonly deviation: Averages;
}

export type Averages = { readonly [figure: string]: number | Averages };

const FIGURES = ["testLoss", "testAccuracy", "testMacroF1", "testRmse", "testMae", "testR2"] as const;

/** Trains a network for each fold on all others, measures it on the fold, and says the figures' mean and deviation. */
export async function crossValidate(
  { folds, seed, out }: { readonly folds: number; readonly seed: number; readonly out: string },
  trainFold: (fold: number, out: string) => Promise<Outcome>,
  { terminal, json }: { readonly terminal: Terminal; readonly json: boolean },
): Promise<void> {
  const results: TrainingResult[] = [];
  const lines: string[] = [];
  for (let fold = 1; fold <= folds; fold++) {
    terminal.note(`fold ${fold}/${folds}`);
    const { result, test } = await trainFold(fold, join(out, `fold-${fold}`));
    results.push(result);
    lines.push(`fold ${String(fold).padStart(String(folds).length)}/${folds}  ${figuresLine(test!)}`);
  }
  const [mean, deviation] = averagesOf(results);
  const all: CrossValidation = { seed, folds: results, mean, deviation };
  await writeFileWhole(join(out, "folds.json"), `${JSON.stringify(all, undefined, 2)}\n`);
  if (json) {
    terminal.json(all);
    return;
  }
  for (const line of [...lines, ...averageLines(mean, deviation)]) terminal.result(line);
  terminal.result(`models     ${join(out, "fold-1", "model.safetensors")} and so on`);
}

/** The mean and the deviation of every figure of the test. */
export function averagesOf(results: readonly TrainingResult[]): [mean: Averages, deviation: Averages] {
  const [mean, deviation]: [Record<string, number | Averages>, Record<string, number | Averages>] = [{}, {}];
  for (const figure of FIGURES) {
    const values = results.map((result) => result[figure]);
    if (values.every((value) => typeof value === "number")) {
      [mean[figure], deviation[figure]] = momentsOf(values);
    } else if (values.every((value) => typeof value === "object" && value !== null)) {
      const names = Object.keys(values[0]!);
      const moments = names.map((name) => momentsOf(values.map((value) => value[name]!)));
      const by = (at: 0 | 1) => Object.fromEntries(names.map((name, i) => [name, moments[i]![at]]));
      [mean[figure], deviation[figure]] = [by(0), by(1)];
    }
  }
  return [mean, deviation];
}

function momentsOf(values: readonly number[]): [mean: number, deviation: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / (values.length - 1))];
}

const TITLES: readonly (readonly [figure: string, title: string, show: (value: number) => string])[] = [
  ["testAccuracy", "accuracy", showPercent],
  ["testMacroF1", "macro F1", (value) => value.toFixed(3)],
  ["testRmse", "RMSE", showNumber],
  ["testMae", "MAE", showNumber],
  ["testR2", "R²", showNumber],
  ["testLoss", "loss", showLoss],
];

function averageLines(mean: Averages, deviation: Averages): string[] {
  return TITLES.flatMap(([figure, title, show]) => {
    const [a, b] = [mean[figure], deviation[figure]];
    const line = (name: string, value: number, spread: number) =>
      `mean       ${name} ${show(value)} ± ${show(spread)}`;
    if (typeof a === "number" && typeof b === "number") return [line(title, a, b)];
    if (typeof a !== "object" || typeof b !== "object") return [];
    return Object.keys(a).map((target) =>
      line(`${title} of ${target}`, a[target] as number, b[target] as number),
    );
  });
}
