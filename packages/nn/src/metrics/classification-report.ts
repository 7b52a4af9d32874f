import type { ConfusionMatrix } from "./confusion-matrix.js";

/** How well a class, or classes on average, are told. Each in [0, 1]; 0 where nothing was to be divided by. */
export interface ClassFigures {
  /** The share of what was told as the class that is it: tp / (tp + fp). */
  readonly precision: number;
  /** The share of the class that was told as it: tp / (tp + fn). */
  readonly recall: number;
  /** Their harmonic mean: 2·tp / (2·tp + fp + fn). */
  readonly f1: number;
  /** How many samples are of the class. */
  readonly support: number;
}

/** Precision, recall and F1, by class and in all. */
export interface ClassificationReport {
  /** By class, in order. */
  readonly classes: readonly ClassFigures[];
  /** The mean over the classes that occur among labels or answers: each counts alike. */
  readonly macro: ClassFigures;
  /** From the sums of tp, fp and fn over all classes: each sample counts alike. With one class a sample, all three are the accuracy. */
  readonly micro: ClassFigures;
  /** The mean over the classes by their support. */
  readonly weighted: ClassFigures;
  /** The share of samples told right. NaN for no samples. */
  readonly accuracy: number;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function figures(tp: number, fp: number, fn: number): ClassFigures {
  return {
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    f1: share(2 * tp, 2 * tp + fp + fn),
    support: tp + fn,
  };
}

/**
 * Precision, recall and F1 of each class, and on average, from what `confusionMatrix` gives; as scikit-learn's `classification_report`.
 * In a matrix of two classes, class 1 is yes: `report.classes[1]` is what is meant by the precision of a yes/no question.
 */
export function classificationReport(matrix: ConfusionMatrix): ClassificationReport {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const right = matrix.map((row, label) => row[label]!);
  const labelled = matrix.map(sum);
  const told = matrix.map((_, column) => sum(matrix.map((row) => row[column]!)));
  const classes = right.map((tp, i) => figures(tp, told[i]! - tp, labelled[i]! - tp));
  const samples = sum(labelled);
  const mean = (weights: readonly number[]): ClassFigures => {
    const of = (name: "precision" | "recall" | "f1") =>
      share(sum(classes.map((one, i) => one[name] * weights[i]!)), sum(weights));
    return { precision: of("precision"), recall: of("recall"), f1: of("f1"), support: samples };
  };
  const wrong = samples - sum(right);
  return {
    classes,
    macro: mean(classes.map((_, i) => (labelled[i]! + told[i]! > 0 ? 1 : 0))),
    micro: figures(sum(right), wrong, wrong),
    weighted: mean(labelled),
    accuracy: sum(right) / samples,
  };
}
