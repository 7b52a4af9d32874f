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
import { type Answers, answersOf } from "./answers.js";
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
): Promise<Measured & { readonly answers: Answers }> {
  const answers = await answersOf(model, dataset, batchSize === undefined ? {} : { batchSize });
  const { evaluation } = answers;
  requireFinite(what, [evaluation.loss], cure);
  return { evaluation, figures: figuresOf(model, dataset, answers), answers };
}

/** The figures of all samples, or of those at `places`. */
export function figuresOf(
  { schema }: Pick<Model, "schema">,
  { labels }: Pick<Dataset, "labels">,
  { outputs, probabilities }: Answers,
  places?: ArrayLike<number>,
): Figures {
  if (schema?.task.kind === "regression") return numberFigures(outputs!, labels, schema.task, places);
  const confusion = confusionMatrix(rowsOf(probabilities!, places), rowsOf(labels, places), 0.5);
  return { kind: "classes", macroF1: classificationReport(confusion).macro.f1, confusion };
}

interface Rows {
  readonly data: Float32Array | Uint8Array | Uint32Array;
  readonly shape: readonly number[];
}

function rowsOf(rows: Rows, places: ArrayLike<number> | undefined): Rows {
  if (places === undefined) return rows;
  const [samples = 0, ...shape] = rows.shape;
  const size = rows.data.length / Math.max(1, samples);
  const data = new Float32Array(places.length * size);
  for (let i = 0; i < places.length; i++) {
    for (let k = 0; k < size; k++) data[i * size + k] = rows.data[places[i]! * size + k]!;
  }
  return { data, shape: [places.length, ...shape] };
}

function numberFigures(
  outputs: Rows,
  labels: Rows,
  { targets }: RegressionTask,
  places: ArrayLike<number> | undefined,
): NumberFigures {
  const [told, right] = [rowsOf(outputs, places).data, rowsOf(labels, places).data];
  const width = targets.length;
  const reports = targets.map((_, i) => regressionReport(column(told, i, width), column(right, i, width)));
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
  const { rmse, mae, r2 } = figures;
  return `RMSE ${showFigure(rmse)}, MAE ${showFigure(mae)}, R² ${showFigure(r2)} of ${showCount(samples)} samples`;
}

/** `0.41`, or of several targets `0.41 (price), 3 (rooms)`. */
export function showFigure(figure: Figure): string {
  if (typeof figure === "number") return showNumber(figure);
  return Object.entries(figure)
    .map(([target, value]) => `${showNumber(value)} (${target})`)
    .join(", ");
}
