import { classificationReport, type Model } from "@loam/nn";
import type { ClassFigures, LabelFigures } from "./figures.js";
import { showCount } from "./format.js";
import { className } from "./predictions.js";
import { cut, textTable } from "./text-table.js";

/** How well one class is told, as `evaluate --json` says it. */
export interface ClassLine {
  readonly class: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly samples: number;
}

/** Precision, recall and F1 of each class or label, in their order; `samples` are those of the class, or those where the label holds. */
export function classLines(model: Model, { kind, confusion }: ClassFigures | LabelFigures): ClassLine[] {
  if (kind === "labels") {
    return Object.entries(confusion).map(([name, matrix]) => {
      const { precision, recall, f1, support } = classificationReport(matrix).classes[1]!;
      return { class: name, precision, recall, f1, samples: support };
    });
  }
  return classificationReport(confusion).classes.map(({ precision, recall, f1, support }, label) => ({
    class: className(model, label),
    ...{ precision, recall, f1, samples: support },
  }));
}

const NAME = 24;
const CELL = 12;
/** Of more classes than these, no terminal shows the matrix. */
const MATRIX = 16;
const CONFUSIONS = 10;

/** The classes' figures and the confusion matrix, in columns, for a terminal of that width; of labels their figures and counts. */
export function classTables(model: Model, figures: ClassFigures | LabelFigures, columns: number): string[] {
  const lines = classLines(model, figures);
  if (figures.kind === "labels") {
    return textTable([
      ["label", "precision", "recall", "F1", "samples", "told", "wrongly"],
      ...lines.map(({ class: name, precision, recall, f1, samples }) => {
        const [[, wrongly = 0] = [], [, rightly = 0] = []] = figures.confusion[name]!;
        return [
          cut(name, NAME),
          ...[precision, recall, f1].map((one) => one.toFixed(3)),
          ...[samples, rightly + wrongly, wrongly].map(showCount),
        ];
      }),
    ]);
  }
  const { macro, weighted } = classificationReport(figures.confusion);
  const row = (
    name: string,
    { precision, recall, f1 }: Omit<ClassLine, "class" | "samples">,
    count: number,
  ) => [cut(name, NAME), ...[precision, recall, f1].map((one) => one.toFixed(3)), showCount(count)];
  const table = textTable([
    ["class", "precision", "recall", "F1", "samples"],
    ...lines.map((line) => row(line.class, line, line.samples)),
    row("mean of the classes", macro, macro.support),
    row("mean of the samples", weighted, weighted.support),
  ]);
  return [...table, "", ...confusionLines(model, figures, columns)];
}

/** The matrix, or, where that is too wide, what is most often taken for what. */
function confusionLines(model: Model, { confusion }: ClassFigures, columns: number): string[] {
  const names = confusion.map((_, label) => className(model, label));
  const matrix = textTable([
    ["right \\ told", ...names.map((name) => cut(name, CELL))],
    ...confusion.map((row, label) => [cut(names[label]!, NAME), ...row.map(showCount)]),
  ]);
  if (names.length <= MATRIX && matrix.every((line) => line.length <= columns)) return matrix;
  const wrong = confusion.flatMap((row, right) =>
    row.flatMap((count, told) => (told === right || count === 0 ? [] : [{ count, right, told }])),
  );
  if (wrong.length === 0) return ["nothing is taken for anything else"];
  wrong.sort((a, b) => b.count - a.count);
  return textTable([
    ["most often wrong", "taken for", "times"],
    ...wrong
      .slice(0, CONFUSIONS)
      .map(({ count, right, told }) => [cut(names[right]!, NAME), cut(names[told]!, NAME), showCount(count)]),
  ]);
}
