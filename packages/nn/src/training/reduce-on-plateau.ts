import {
  ConfigError,
  requireIn,
  requireNonNegativeInteger,
  requirePositiveInteger,
  showValue,
} from "../errors.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { requireOptions } from "../options.js";
import type { Callback } from "./callback.js";
import { Monitor, type MonitorOptions } from "./monitor.js";

export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** By what the learning rate is multiplied, in (0, 1); default 0.1. */
  readonly factor?: number;
  /** After how many epochs in a row without an improvement; at least 1, default 10. */
  readonly patience?: number;
  /** A change of no more than this is no improvement; default 1e-4. */
  readonly minDelta?: number;
  /** How many epochs after a reduction are not counted; default 0. */
  readonly cooldown?: number;
  /** The learning rate does not go below it; in [0, ∞), default 0. */
  readonly minLearningRate?: number;
  /** Default "reduceOnPlateau"; two of them in one fit need two names. */
  readonly name?: string;
}

/**
 * Multiplies the learning rate by `factor` when a figure has not improved for `patience` epochs, as Keras' ReduceLROnPlateau does.
 *
 * ```ts
 * await model.fit(data, { epochs: 100, validationSplit: 0.1, callbacks: [reduceOnPlateau({ factor: 0.5, patience: 3 })] });
 * ```
 *
 * Count, best figure and learning rate are in the checkpoint, so that a fit that goes on from one has the bits of an unbroken one. The optimizer
 * keeps its rate when the fit is over.
 * @throws {ConfigError} for an option that is unknown or out of its range; from `fit`, before its first step, `not-monitored` when the figure is
 * not measured, and `rate-not-constant` when the optimizer's learning rate is a schedule.
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Callback {
  const owner = "reduceOnPlateau";
  requireOptions(owner, options, [
    ...["monitor", "mode", "minDelta", "factor", "patience", "cooldown", "minLearningRate", "name"],
  ]);
  const { factor = 0.1, patience = 10, cooldown = 0, minLearningRate = 0, name = owner } = options;
  const monitor = new Monitor(owner, options, 1e-4);
  requireIn(owner, "factor", factor, "(0, 1)");
  requirePositiveInteger(owner, "patience", patience);
  requireNonNegativeInteger(owner, "cooldown", cooldown);
  requireIn(owner, "minLearningRate", minLearningRate, "[0, Infinity)");
  let best: number | null = null;
  let waited = 0;
  let cooling = 0;
  let trained: Optimizer | undefined;

  return {
    name,
    begin({ figures, optimizer }) {
      monitor.requireAmong(figures);
      if (typeof optimizer.learningRate !== "number") {
        throw new ConfigError(
          "rate-not-constant",
          `${owner}: expected an optimizer with a number as its learning rate, got ${showValue(optimizer.learningRate.kind)}; leave one of the two out.`,
        );
      }
      [best, waited, cooling] = [null, 0, 0];
      trained = optimizer;
    },
    epochEnd(record, { optimizer }) {
      const current = monitor.of(record);
      if (current === undefined) return;
      if (cooling > 0) {
        cooling--;
        waited = 0;
      }
      if (monitor.isBetter(current, best)) [best, waited] = [current, 0];
      else if (cooling === 0 && ++waited >= patience) {
        const rate = optimizer.learningRate as number;
        if (rate <= minLearningRate) return;
        optimizer.learningRate = Math.max(rate * factor, minLearningRate);
        [waited, cooling] = [0, cooldown];
      }
    },
    // The rate too: what a checkpoint has of the optimizer may be later, from an epoch that was cut short.
    state: () => ({ best, waited, cooling, rate: trained!.learningRate as number }),
    restore(state) {
      const { rate, ...counts } = state as {
        rate: number;
        best: number | null;
        waited: number;
        cooling: number;
      };
      ({ best, waited, cooling } = counts);
      trained!.learningRate = rate;
    },
  };
}
