import type { ConfusionMatrix } from "@loam/nn";
import { showNumber } from "@loam/nn/data/table";
import type { BaselineFigures, Figure, LabelFigures, Measured } from "./figures.js";
import { showCount, showLoss, showPercent } from "./format.js";

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
  readonly confusion?: ConfusionMatrix | LabelFigures["confusion"];
  readonly rmse?: Figure;
  readonly mae?: Figure;
  readonly r2?: Figure;
  readonly baselines?: Readonly<Record<string, BaselineFigures>>;
  readonly perplexity?: number;
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
  if (figures.kind === "labels")
    return `${showPercent(figures.accuracy)} of ${showCount(samples)} samples with every label right, macro F1 ${figures.macroF1.toFixed(3)}, loss ${showLoss(loss)}`;
  if (figures.kind === "next")
    return `loss ${showLoss(loss)} a character (perplexity ${showNumber(figures.perplexity)}), ${showPercent(accuracy ?? 0)} of them told right`;
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

/** What forecasts come to that need no network: `the last value: RMSE 1.88, MAE 1.63`; nothing but of a series. */
export function baselineLines({ figures }: Measured): string[] {
  if (figures.kind !== "numbers") return [];
  return Object.values(figures.baselines ?? {}).map(
    ({ rule, rmse, mae }) => `${rule}: RMSE ${showFigure(rmse)}, MAE ${showFigure(mae)}`,
  );
}
