import {
  classificationReport,
  confusionMatrix,
  type Dataset,
  type Evaluation,
  type Model,
  type RegressionReport,
  type RegressionTask,
  regressionReport,
} from "@loam/nn";
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
  const { probabilities } = await model.classify(inputs, options);
  const confusion = confusionMatrix(probabilities, labels);
  return { kind: "classes", macroF1: classificationReport(confusion).macro.f1, confusion };
}

async function numberFigures(
  model: Model,
  { inputs, labels }: Dataset,
  { targets }: RegressionTask,
  options: { readonly batchSize?: number },
): Promise<NumberFigures> {
  const { data } = await model.predict(inputs, options);
  const width = targets.length;
  const reports = targets.map((_, i) =>
    regressionReport(column(data, i, width), column(labels.data, i, width)),
  );
  const figure = (of: (report: RegressionReport, scale: number) => number): Figure => {
    const values = targets.map(({ name, scale }, i) => [name, of(reports[i]!, scale)] as const);
    return width === 1 ? values[0]![1] : Object.fromEntries(values);
  };
  return {
    kind: "numbers",
    rmse: figure(({ rootMeanSquaredError }, scale) => rootMeanSquaredError * scale),
    mae: figure(({ meanAbsoluteError }, scale) => meanAbsoluteError * scale),
    r2: figure(({ rSquared }) => rSquared),
  };
}

function column(data: ArrayLike<number>, at: number, width: number) {
  const samples = data.length / width;
  return {
    data: Float32Array.from({ length: samples }, (_, row) => data[row * width + at]!),
    shape: [samples],
  };
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
