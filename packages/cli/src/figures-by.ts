import type { Model } from "@loam/nn";
import { isEmpty } from "@loam/nn/data/table";
import type { Answers } from "./answers.js";
import { figuresOf, type SampleFigures } from "./figures.js";
import { showCount, showPercent } from "./format.js";
import type { Samples } from "./samples.js";
import { showFigure } from "./say-figures.js";
import { cut, textTable } from "./text-table.js";

/** The value of `--by` of each sample. */
export interface Grouping {
  /** The column's name, or `folder`. */
  readonly by: string;
  readonly values: readonly string[];
}

/** How well the samples of one value are told. */
export interface GroupFigures {
  readonly value: string;
  readonly samples: number;
  /** The share told right; absent for numbers. */
  readonly accuracy?: number;
  readonly figures: SampleFigures;
}

/** Numbers of more values than these are put into four ranges, words of more into one that holds the rest. */
const MOST_NUMBERS = 12;
const MOST_WORDS = 40;
const RANGES = 4;
const NUMBER = /^-?\d+([.,]\d+)?(e[+-]?\d+)?$/i;

/** The figures of the samples of each value, numbers from the least on, words as they are most often. */
export function figuresBy(
  model: Model,
  dataset: Samples,
  answers: Answers,
  { values }: Grouping,
): GroupFigures[] {
  return groupsOf(values).map(([value, places]) => {
    const figures = figuresOf(model, dataset, answers, places);
    if (figures.kind === "numbers") return { value, samples: places.length, figures };
    if (figures.kind === "labels")
      return { value, samples: places.length, accuracy: figures.accuracy, figures };
    const right = figures.confusion.reduce((sum, row, label) => sum + row[label]!, 0);
    return { value, samples: places.length, accuracy: right / places.length, figures };
  });
}

/** As `evaluate --json` says it. */
export function groupsJson(groups: readonly GroupFigures[]): object[] {
  return groups.map(({ figures: { kind, ...figures }, value, samples, accuracy }) => {
    if (kind === "numbers") return { value, samples, ...figures };
    const { macroF1 } = figures as { macroF1: number };
    return { value, samples, accuracy, macroF1 };
  });
}

export function groupLines(by: string, groups: readonly GroupFigures[]): string[] {
  const isNumbers = groups[0]?.figures.kind === "numbers";
  const head = !isNumbers ? ["accuracy", "macro F1"] : ["RMSE", "MAE", "R²"];
  return textTable([
    [cut(by, 30), "samples", ...head],
    ...groups.map(({ value, samples, accuracy, figures }) => [
      cut(value, 30),
      showCount(samples),
      ...(figures.kind !== "numbers"
        ? [showPercent(accuracy!), figures.macroF1.toFixed(3)]
        : [figures.rmse, figures.mae, figures.r2].map(showFigure)),
    ]),
  ]);
}

function groupsOf(values: readonly string[]): [string, readonly number[]][] {
  const places = new Map<string, number[]>();
  values.forEach((given, place) => {
    const value = isEmpty(given) ? "(empty)" : given;
    const there = places.get(value);
    if (there) there.push(place);
    else places.set(value, [place]);
  });
  const filled = [...places.keys()].filter((value) => value !== "(empty)");
  if (!filled.every((value) => NUMBER.test(value))) {
    const groups = [...places].sort((a, b) => b[1].length - a[1].length);
    const others = groups.slice(MOST_WORDS).flatMap(([, some]) => some);
    return [
      ...groups.slice(0, MOST_WORDS),
      ...(others.length > 0 ? [["(others)", others] as [string, number[]]] : []),
    ];
  }
  filled.sort((a, b) => numberOf(a) - numberOf(b));
  const empty = places.get("(empty)");
  const rest: [string, number[]][] = empty ? [["(empty)", empty]] : [];
  if (filled.length <= MOST_NUMBERS)
    return [...filled.map((value): [string, number[]] => [value, places.get(value)!]), ...rest];
  return [...ranges(filled, places), ...rest];
}

/** Four ranges of about as many samples; equal values stay together. */
function ranges(sorted: readonly string[], places: ReadonlyMap<string, number[]>): [string, number[]][] {
  const total = sorted.reduce((sum, value) => sum + places.get(value)!.length, 0);
  const found: [string, number[]][] = [];
  let first = sorted[0]!;
  let [some, seen]: [number[], number] = [[], 0];
  sorted.forEach((value, i) => {
    if (some.length === 0) first = value;
    some.push(...places.get(value)!);
    seen += places.get(value)!.length;
    if (i < sorted.length - 1 && seen < (total * (found.length + 1)) / RANGES) return;
    found.push([first === value ? value : `${first} to ${value}`, some]);
    some = [];
  });
  return found;
}

function numberOf(text: string): number {
  return Number(text.replace(",", "."));
}
