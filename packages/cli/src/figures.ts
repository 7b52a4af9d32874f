import type { Dataset, Evaluation, Model, RegressionTask } from "@loam/nn";
import { showNumber } from "@loam/nn/data/table";
import { requireFinite } from "./finite.js";
import { showCount, showLoss, showPercent } from "./format.js";

/** How well a network does on data, beside its loss. */
export type Figures = ClassFigures | NumberFigures;

/** Rows are what is right, columns what was told, both in the order of the classes. */
export interface ClassFigures {
  readonly kind: "classes";
  readonly macroF1: number;
  readonly confusion: readonly (readonly number[])[];
}

/** In the targets' own units: of the one target, or of each by its name. */
export interface NumberFigures {
  readonly kind: "numbers";
  readonly rmse: Figure;
  readonly mae: Figure;
  readonly r2: Figure;
}

export type Figure = number | Readonly<Record<string, number>>;

export interface Measured {
  readonly evaluation: Evaluation;
  readonly figures: Figures;
}

export interface MeasureOptions {
  /** What the loss is called where it is not finite, and what may help then. */
  readonly what: string;
  readonly cure: string;
  readonly batchSize?: number;
}

/** Evaluates a compiled model, and compares what it tells with what is right. @throws {CommandError} for a loss that is not finite. */
export async function measure(
  model: Model,
  dataset: Dataset,
  { what, cure, batchSize }: MeasureOptions,
): Promise<Measured> {
  const options = batchSize === undefined ? {} : { batchSize };
  const evaluation = await model.evaluate(dataset, options);
  requireFinite(what, [evaluation.loss], cure);
  const task = model.schema?.task;
  const figures =
    task?.kind === "regression"
      ? await numberFigures(model, dataset, task, options)
      : await classFigures(model, dataset, options);
  return { evaluation, figures };
}

async function classFigures(
  model: Model,
  { inputs, labels }: Dataset,
  options: { readonly batchSize?: number },
): Promise<ClassFigures> {
  const { labels: told, probabilities } = await model.classify(inputs, options);
  const classes = probabilities.shape[1]!;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  told.forEach((label, i) => {
    confusion[labels.data[i]!]![label]!++;
  });
  return { kind: "classes", macroF1: macroF1(confusion), confusion };
}

/** The mean over the classes of F1 = 2·TP / (2·TP + FP + FN); a class that neither is there nor was told counts for nothing. */
export function macroF1(confusion: readonly (readonly number[])[]): number {
  const scores = f1Scores(confusion).filter((score) => score !== undefined);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function f1Scores(confusion: readonly (readonly number[])[]): (number | undefined)[] {
  return confusion.map((row, i) => {
    const right = row[i]!;
    const is = row.reduce((sum, count) => sum + count, 0);
    const told = confusion.reduce((sum, other) => sum + other[i]!, 0);
    return is + told === 0 ? undefined : (2 * right) / (is + told);
  });
}

async function numberFigures(
  model: Model,
  { inputs, labels }: Dataset,
  { targets }: RegressionTask,
  options: { readonly batchSize?: number },
): Promise<NumberFigures> {
  const { data } = await model.predict(inputs, options);
  const width = targets.length;
  const all = targets.map(({ scale }, i) => {
    const told = column(data, i, width);
    const is = column(labels.data, i, width);
    const { rmse, mae, r2 } = numberErrors(told, is);
    return { rmse: rmse * scale, mae: mae * scale, r2 };
  });
  const figure = (name: "rmse" | "mae" | "r2"): Figure =>
    width === 1
      ? all[0]![name]
      : Object.fromEntries(targets.map((target, i) => [target.name, all[i]![name]]));
  return { kind: "numbers", rmse: figure("rmse"), mae: figure("mae"), r2: figure("r2") };
}

function column(data: ArrayLike<number>, at: number, width: number): number[] {
  return Array.from({ length: data.length / width }, (_, row) => data[row * width + at]!);
}

/** √mean(e²), mean|e| and 1 − Σe² / Σ(y − ȳ)², with e = told − is; R² is 0 where all that is right is the same. */
export function numberErrors(
  told: readonly number[],
  is: readonly number[],
): { rmse: number; mae: number; r2: number } {
  const n = is.length;
  const mean = is.reduce((sum, y) => sum + y, 0) / n;
  let squares = 0;
  let sizes = 0;
  let spread = 0;
  is.forEach((y, i) => {
    const error = told[i]! - y;
    squares += error * error;
    sizes += Math.abs(error);
    spread += (y - mean) ** 2;
  });
  return { rmse: Math.sqrt(squares / n), mae: sizes / n, r2: spread === 0 ? 0 : 1 - squares / spread };
}

/** `loss`, `accuracy` and the figures under names that begin with `test` or `validation`, as `train --json` says them. */
export function namedFigures<Prefix extends "test" | "validation">(
  prefix: Prefix,
  measured: Measured | undefined,
): NamedFigures<Prefix> {
  const entries = Object.entries(flatFigures(measured)).map(
    ([name, value]) => [`${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`, value] as const,
  );
  return Object.fromEntries(entries) as unknown as NamedFigures<Prefix>;
}

type NamedFigures<Prefix extends string> = {
  readonly [Name in keyof FlatFigures as `${Prefix}${Capitalize<Name>}`]: FlatFigures[Name];
};

interface FlatFigures {
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly macroF1?: number;
  readonly confusion?: readonly (readonly number[])[];
  readonly rmse?: Figure;
  readonly mae?: Figure;
  readonly r2?: Figure;
}

/** What `evaluate --json` says; loss and accuracy are null where nothing was measured, accuracy for numbers as well. */
export function flatFigures(measured: Measured | undefined): FlatFigures {
  if (measured === undefined) return { loss: null, accuracy: null };
  const { evaluation, figures } = measured;
  const { kind: _, ...rest } = figures;
  return { loss: evaluation.loss, accuracy: evaluation.accuracy ?? null, ...rest };
}

/** How well it went, in a sentence: `accuracy 82.09 % of 134 samples, loss 0.4213`. */
export function figuresLine({ evaluation, figures }: Measured): string {
  const { samples, loss, accuracy } = evaluation;
  if (figures.kind === "classes")
    return `${showPercent(accuracy ?? 0)} of ${showCount(samples)} samples, loss ${showLoss(loss)}`;
  const show = (name: string, figure: Figure) =>
    typeof figure === "number"
      ? `${name} ${showNumber(figure)}`
      : `${name} ${Object.entries(figure)
          .map(([target, value]) => `${showNumber(value)} (${target})`)
          .join(", ")}`;
  const { rmse, mae, r2 } = figures;
  return `${show("RMSE", rmse)}, ${show("MAE", mae)}, ${show("R²", r2)} of ${showCount(samples)} samples`;
}
