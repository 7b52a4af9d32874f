import {
  type ClassFigures,
  classificationReport,
  confusionMatrix,
  type Dataset,
  type LabelTarget,
  type MultilabelTask,
  type RegressionTask,
  regressionReport,
  type Sequential,
  takeSamples,
} from "@loam/nn";

/** A held-out sample that the network got wrong. */
export interface Mistake {
  readonly index: number;
  readonly label: number;
  readonly read: number;
  /** The probability that the network gave to the right class. */
  readonly share: number;
}

/** What a network makes of the held-out samples. */
export type Examination = ClassesExamination | NumbersExamination | LabelsExamination;

/** Of samples that are told apart. */
export interface ClassesExamination {
  readonly kind: "classes";
  readonly samples: number;
  readonly accuracy: number;
  readonly loss: number;
  /** counts[label · classes + read] */
  readonly counts: Uint32Array;
  readonly classes: number;
  /** The classes in the data's own words. */
  readonly names: readonly string[];
  /** The worst ones, worst first. */
  readonly mistakes: readonly Mistake[];
}

/** Of samples of which numbers are told. */
export interface NumbersExamination {
  readonly kind: "numbers";
  readonly samples: number;
  readonly loss: number;
  /** Each number that is told, in the order of the network's outputs. */
  readonly targets: readonly NumberFigures[];
}

/** How far off a number is, in its own unit. */
export interface NumberFigures {
  /** What the number is called. */
  readonly target: string;
  /** The mean of |told − right|, and the root of the mean of its square. */
  readonly mae: number;
  readonly rmse: number;
  /** 1 − Σ (told − right)² ÷ Σ (right − mean)²: the share of what differs that the network knows; below 0 where the mean would be nearer. */
  readonly r2: number;
  readonly points: readonly NumberTold[];
}

/** Of samples of which several labels are told, yes or no to each. */
export interface LabelsExamination {
  readonly kind: "labels";
  readonly samples: number;
  readonly loss: number;
  /** The share of samples of which every label is told rightly. */
  readonly accuracy: number;
  readonly labels: readonly LabelFigures[];
}

export interface LabelFigures {
  readonly target: LabelTarget;
  /** The share of samples of which this label is told rightly. */
  readonly accuracy: number;
  /** Of those where it holds: how many, and how often the network says so; and how often it is right when it says so. */
  readonly yes: ClassFigures;
}

/** A held-out sample, what is right and what the network told. */
export interface NumberTold {
  readonly index: number;
  readonly right: number;
  readonly told: number;
}

const WORST = 9;
const BATCH = 250;
/** Stands in for the logarithm of nothing, which no chart could show. */
const LEAST = 1e-7;

/** Lets a network read the held-out samples, while it is being trained or afterwards. */
export function examine(model: Sequential, test: Dataset, classes: number): Promise<Examination> {
  const task = test.schema?.task;
  if (task?.kind === "regression") return examineNumbers(model, test, task);
  if (task?.kind === "multilabel") return examineLabels(model, test, task);
  return examineClasses(model, test, classes);
}

/** The parts of the held-out samples, small enough that the page's own thread is never busy for long. */
function* partsOf(test: Dataset): Generator<Dataset> {
  const samples = test.inputs.shape[0]!;
  for (let start = 0; start < samples; start += BATCH)
    yield takeSamples(test, start, Math.min(samples, start + BATCH));
}

/** Of [samples, width] numbers those at one place, [samples]. */
function columnOf(data: ArrayLike<number>, width: number, column: number, scale = 1, shift = 0) {
  const of = Float64Array.from(
    { length: data.length / width },
    (_, i) => data[i * width + column]! * scale + shift,
  );
  return { data: of, shape: [of.length] };
}

async function examineNumbers(
  model: Sequential,
  test: Dataset,
  { targets }: RegressionTask,
): Promise<NumbersExamination> {
  const samples = test.inputs.shape[0]!;
  const outputs: number[] = [];
  for (const { inputs } of partsOf(test))
    outputs.push(...(await model.predict(inputs, { batchSize: BATCH })).data);
  const figures = targets.map(({ name, scale, shift }, i) => {
    const told = columnOf(outputs, targets.length, i, scale, shift);
    const right = columnOf(test.labels.data, targets.length, i, scale, shift);
    const { meanAbsoluteError, rootMeanSquaredError, rSquared } = regressionReport(told, right);
    const points = Array.from(right.data, (value, index) => ({
      index,
      right: value,
      told: told.data[index]!,
    }));
    return { target: name, mae: meanAbsoluteError, rmse: rootMeanSquaredError, r2: rSquared, points };
  });
  const squares = figures.map(({ rmse }, i) => (rmse / targets[i]!.scale) ** 2);
  return { kind: "numbers", samples, loss: meanOf(squares), targets: figures };
}

async function examineLabels(
  model: Sequential,
  test: Dataset,
  { labels }: MultilabelTask,
): Promise<LabelsExamination> {
  const samples = test.inputs.shape[0]!;
  const width = labels.length;
  const shares: number[] = [];
  for (const { inputs } of partsOf(test))
    shares.push(...(await model.classify(inputs, { batchSize: BATCH })).probabilities.data);
  const { data } = test.labels;
  const isRight = (at: number) => shares[at]! > 0.5 === data[at]! > 0.5;
  const allRight = Array.from({ length: samples }, (_, i) =>
    Number(labels.every((_, label) => isRight(i * width + label))),
  );
  return {
    ...{ kind: "labels", samples, accuracy: meanOf(allRight) },
    loss: meanOf(shares.map((share, at) => -Math.log(Math.max(LEAST, data[at] === 1 ? share : 1 - share)))),
    labels: labels.map((target, i) => {
      const counts = confusionMatrix(columnOf(shares, width, i), columnOf(data, width, i), 0.5);
      const { accuracy, classes } = classificationReport(counts);
      return { target, accuracy, yes: classes[1]! };
    }),
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Lets a network tell the classes of the held-out samples. */
export async function examineClasses(
  model: Sequential,
  test: Dataset,
  classes: number,
): Promise<ClassesExamination> {
  const samples = test.inputs.shape[0]!;
  const counts = new Uint32Array(classes * classes);
  const mistakes: Mistake[] = [];
  let right = 0;
  let loss = 0;
  let start = 0;
  for (const part of partsOf(test)) {
    const { labels: read, probabilities } = await model.classify(part.inputs, { batchSize: BATCH });
    const outputs = probabilities.shape[1]!;
    for (let i = 0; i < read.length; i++) {
      const label = part.labels.data[i]!;
      const answer = read[i]!;
      const share = probabilities.data[i * outputs + label]!;
      loss -= Math.log(Math.max(LEAST, share));
      if (answer < classes) counts[label * classes + answer]! += 1;
      if (answer === label) right += 1;
      else mistakes.push({ index: start + i, label, read: answer, share });
    }
    start += read.length;
  }
  mistakes.sort((a, b) => a.share - b.share);
  return {
    kind: "classes",
    samples,
    accuracy: right / samples,
    loss: loss / samples,
    counts,
    classes,
    names: test.classNames ?? Array.from({ length: classes }, (_, i) => String(i)),
    mistakes: mistakes.slice(0, WORST),
  };
}
