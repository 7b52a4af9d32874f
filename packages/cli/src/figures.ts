import {
  type ConfusionMatrix,
  classificationReport,
  confusionMatrix,
  type Evaluation,
  type Model,
  type MultilabelTask,
  type RegressionReport,
  type RegressionTask,
  regressionReport,
} from "@loam/nn";
import { baselines, isSeriesDataset, type SeriesDataset } from "@loam/nn/data/series";
import { type Answers, answersOf } from "./answers.js";
import { requireFinite } from "./finite.js";
import { isStream, labelsOf, type Samples } from "./samples.js";

/** How well a network does on data, beside its loss. */
export type Figures = SampleFigures | NextFigures;
/** Where a sample has an answer, and so has a part of them. */
export type SampleFigures = ClassFigures | LabelFigures | NumberFigures;

/** Rows are what is right, columns what was told, both in the order of the classes. */
export interface ClassFigures {
  readonly kind: "classes";
  readonly macroF1: number;
  readonly confusion: readonly (readonly number[])[];
}

/** Where any of several labels may hold. */
export interface LabelFigures {
  readonly kind: "labels";
  /** The share of samples of which every label is told right. */
  readonly accuracy: number;
  /** The mean over the labels that occur, in the data or among what is told. */
  readonly macroF1: number;
  /** Of each label, by its name: rows are no and yes as they are, columns as they were told. */
  readonly confusion: Readonly<Record<string, ConfusionMatrix>>;
}

/** Of a language model: e to the loss, between how many characters it is undecided. */
export interface NextFigures {
  readonly kind: "next";
  readonly perplexity: number;
}

/** In the targets' own units: of the one target, or of each by its name. */
export interface NumberFigures {
  readonly kind: "numbers";
  readonly rmse: Figure;
  readonly mae: Figure;
  readonly r2: Figure;
  /** Of a series, what forecasts come to that need no network. */
  readonly baselines?: Readonly<Record<string, BaselineFigures>>;
}

export interface BaselineFigures {
  readonly rmse: Figure;
  readonly mae: Figure;
  /** What is forecast by it: `the last value`. */
  readonly rule: string;
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
  dataset: Samples,
  { what, cure, batchSize }: MeasureOptions,
): Promise<Measured & { readonly answers: Answers }> {
  if (model.schema?.task.kind === "next") {
    const evaluation = await model.evaluate(dataset, batchSize === undefined ? {} : { batchSize });
    requireFinite(what, [evaluation.loss], cure);
    return {
      evaluation,
      figures: { kind: "next", perplexity: Math.exp(evaluation.loss) },
      answers: { evaluation },
    };
  }
  const answers = await answersOf(model, dataset, batchSize === undefined ? {} : { batchSize });
  const { evaluation } = answers;
  requireFinite(what, [evaluation.loss], cure);
  return { evaluation, figures: figuresOf(model, dataset, answers), answers };
}

/** The figures of all samples, or of those at `places`. */
export function figuresOf(
  { schema }: Pick<Model, "schema">,
  dataset: Samples,
  { outputs, probabilities }: Answers,
  places?: ArrayLike<number>,
): SampleFigures {
  const labels = labelsOf(dataset);
  if (schema?.task.kind === "regression") {
    if (isStream(dataset) || !isSeriesDataset(dataset))
      return numberFigures(outputs!, labels, schema.task, places);
    // A network that forecasts says how much is added to the value at the origin.
    const base = rowsOf({ data: dataset.base, shape: labels.shape }, places).data;
    const figures = numberFigures(outputs!, labels, schema.task, places, base);
    return places ? figures : { ...figures, baselines: baselineFigures(dataset) };
  }
  if (schema?.task.kind === "multilabel")
    return labelFigures(rowsOf(probabilities!, places), rowsOf(labels, places), schema.task);
  const confusion = confusionMatrix(rowsOf(probabilities!, places), rowsOf(labels, places), 0.5);
  return { kind: "classes", macroF1: classificationReport(confusion).macro.f1, confusion };
}

function labelFigures(probabilities: Rows, holding: Rows, { labels }: MultilabelTask): LabelFigures {
  const width = labels.length;
  const samples = holding.shape[0]!;
  const matrices = labels.map(({ name }, i) => {
    const of = ({ data }: Rows) => ({
      data: Float32Array.from({ length: samples }, (_, sample) => data[sample * width + i]!),
      shape: [samples],
    });
    return [name, confusionMatrix(of(probabilities), of(holding), 0.5)] as const;
  });
  let right = 0;
  for (let sample = 0; sample < samples; sample++) {
    const isRight = (_: unknown, i: number) => {
      const at = sample * width + i;
      return probabilities.data[at]! > 0.5 === holding.data[at]! > 0.5;
    };
    if (labels.every(isRight)) right++;
  }
  const occurring = matrices.map(([, matrix]) => matrix).filter(([no]) => no![0]! < samples);
  const sum = occurring.reduce((total, matrix) => total + classificationReport(matrix).classes[1]!.f1, 0);
  return {
    kind: "labels",
    accuracy: right / samples,
    macroF1: sum / Math.max(1, occurring.length),
    confusion: Object.fromEntries(matrices),
  };
}

interface Rows {
  readonly data: Float32Array | Uint8Array | Uint32Array;
  readonly shape: readonly number[];
}

function rowsOf<Of extends Rows | (Omit<Rows, "data"> & { readonly data: Float64Array })>(
  rows: Of,
  places: ArrayLike<number> | undefined,
): Of | Rows {
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
  base?: ArrayLike<number>,
): NumberFigures {
  const [told, right] = [rowsOf(outputs, places).data, rowsOf(labels, places).data];
  const width = targets.length;
  const reports = targets.map(({ scale }, i) => {
    const value = (data: ArrayLike<number>) =>
      column(data, i, width, (place) => (base?.[place] ?? 0) / scale);
    return regressionReport(value(told), value(right));
  });
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

function baselineFigures(dataset: SeriesDataset): Record<string, BaselineFigures> {
  const figure = (values: Readonly<Record<string, number>>): Figure => {
    const [only, ...more] = Object.values(values);
    return more.length === 0 ? only! : values;
  };
  return Object.fromEntries(
    baselines(dataset).map(({ name, rule, rmse, mae }) => [
      name,
      { rmse: figure(rmse), mae: figure(mae), rule },
    ]),
  );
}

function column(data: ArrayLike<number>, at: number, width: number, base: (place: number) => number) {
  const samples = data.length / width;
  return {
    data: Float32Array.from(
      { length: samples },
      (_, row) => data[row * width + at]! + base(row * width + at),
    ),
    shape: [samples],
  };
}
