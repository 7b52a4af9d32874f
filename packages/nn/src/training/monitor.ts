import { ConfigError, requireIn, requireOneOf, showValue } from "../errors.js";
import type { EpochRecord } from "./progress.js";

export interface MonitorOptions {
  /**
   * The figure of an epoch that is to improve: `loss`, `accuracy`, a metric's name, or one of these of the validation data, such as `validationLoss`
   * (default) or `validationF1Score`.
   */
  readonly monitor?: string;
  /** Whether it is to fall or to rise; by default figures whose names end in loss or error, whatever the case, are to fall, others to rise. */
  readonly mode?: "auto" | "min" | "max";
  /** A change of no more than this is no improvement; 0 or more. */
  readonly minDelta?: number;
}

/** A figure that a callback watches. */
export class Monitor {
  readonly name: string;
  readonly #owner: string;
  readonly #sign: 1 | -1;
  readonly #minDelta: number;

  /** @throws {ConfigError} `monitor-not-usable`, `mode-unknown`, `min-delta-out-of-range`. */
  constructor(owner: string, options: MonitorOptions, defaultDelta = 0) {
    const { monitor = "validationLoss", mode = "auto", minDelta = defaultDelta } = options;
    if (typeof monitor !== "string" || monitor === "") {
      throw new ConfigError(
        "monitor-not-usable",
        `${owner}: expected the name of a figure as monitor, got ${showValue(monitor)}.`,
      );
    }
    requireOneOf(owner, "mode", mode, ["auto", "min", "max"]);
    requireIn(owner, "minDelta", minDelta, "[0, Infinity)");
    this.name = monitor;
    this.#owner = owner;
    this.#sign = mode === "min" || (mode === "auto" && /(loss|error)$/i.test(monitor)) ? 1 : -1;
    this.#minDelta = minDelta;
  }

  /** @throws {ConfigError} `not-monitored` unless it is one of the figures of a fit. */
  requireAmong(figures: readonly string[]): void {
    if (figures.includes(this.name)) return;
    throw new ConfigError(
      "not-monitored",
      `${this.#owner}: expected a monitor among what this fit measures (${figures.join(", ")}), got "${this.name}"; give fit a validationSplit or validationData, compile with metrics: ["accuracy"], or monitor another.`,
    );
  }

  /** Its figure; undefined for an epoch that was cut short before it was measured. */
  of(record: EpochRecord): number | undefined {
    return figuresOf(record)[this.name];
  }

  /** Whether a figure is better than the best so far, if there is one, by more than `minDelta`. NaN is better than nothing. */
  isBetter(current: number, best: number | null): boolean {
    return (
      Number.isFinite(current) && (best === null || this.#sign * current + this.#minDelta < this.#sign * best)
    );
  }
}

/** An epoch's losses, accuracies and metrics by one name each, in the order in which they are measured. */
export function figuresOf(record: EpochRecord): Record<string, number> {
  const { loss, accuracy, metrics, validationLoss, validationAccuracy, validationMetrics = {} } = record;
  const figures = {
    ...{ loss, accuracy, ...metrics, validationLoss, validationAccuracy },
    ...Object.fromEntries(
      Object.entries(validationMetrics).map(([name, value]) => [ofValidation(name), value]),
    ),
  };
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

/** `loss` → `validationLoss`. */
export function ofValidation(figure: string): string {
  return `validation${figure.charAt(0).toUpperCase()}${figure.slice(1)}`;
}
