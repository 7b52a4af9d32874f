import { requireNonNegativeInteger } from "../errors.js";
import { requireBoolean, requireOptions } from "../options.js";
import type { NamedValue } from "../program/parameter-store.js";
import type { Callback } from "./callback.js";
import { Monitor, type MonitorOptions } from "./monitor.js";

export interface EarlyStoppingOptions extends MonitorOptions {
  /** How many epochs in a row may bring no improvement before the fit stops; default 0, where the first one stops it. */
  readonly patience?: number;
  /** Puts the weights of the best epoch back when the fit is over; default false. Not when its signal stopped it, since it is to go on then. */
  readonly restoreBest?: boolean;
  /** Default "earlyStopping"; two of them in one fit need two names. */
  readonly name?: string;
}

/**
 * Stops a fit when a figure no longer improves, as Keras' EarlyStopping does. With x the figure of an epoch and b the best so far, x is an
 * improvement when x + minDelta < b for what is to fall, x − minDelta > b for what is to rise; the first epoch's is one. Each epoch without one counts,
 * and an improvement begins to count anew; at `patience` the fit stops. NaN improves on nothing.
 *
 * ```ts
 * await model.fit(data, { epochs: 100, validationSplit: 0.1, callbacks: [earlyStopping({ patience: 5, restoreBest: true })] });
 * ```
 *
 * Count, best figure and best weights are in the checkpoint: a fit that goes on from one stops where an unbroken one would, with the same bits.
 * The weights that are put back are the model's; the optimizer keeps the numbers of its last step.
 *
 * @throws {ConfigError} for an option that is unknown or out of its range; from `fit`, before its first step, `not-monitored` when the
 * figure is not measured.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  requireOptions("earlyStopping", options, [
    "monitor",
    "mode",
    "patience",
    "minDelta",
    "restoreBest",
    "name",
  ]);
  const { patience = 0, restoreBest = false } = options;
  const monitor = new Monitor("earlyStopping", options);
  requireNonNegativeInteger("earlyStopping", "patience", patience);
  requireBoolean("earlyStopping", "restoreBest", restoreBest);
  let best: number | null = null;
  let bestEpoch = 0;
  let waited = 0;
  let weights: readonly NamedValue[] = [];

  return {
    name: options.name ?? "earlyStopping",
    begin({ figures }) {
      monitor.requireAmong(figures);
      [best, bestEpoch, waited, weights] = [null, 0, 0, []];
    },
    async epochEnd(record, training) {
      const current = monitor.of(record);
      // An epoch that the signal cut short has no validation.
      if (current === undefined) return;
      const improved = monitor.isBetter(current, best);
      if (improved) [best, bestEpoch, waited] = [current, record.epoch, 0];
      else waited++;
      if (restoreBest && (improved || weights.length === 0)) weights = await training.model.getWeights();
      // Keras looks at its patience from the second epoch on.
      if (!improved && waited >= patience && record.epoch > 1)
        training.stop(`${monitor.name} has not improved since epoch ${bestEpoch}`);
    },
    async end({ aborted }, { model }) {
      if (restoreBest && !aborted && weights.length > 0) await model.setWeights(weights);
    },
    state: () => ({ best, bestEpoch, waited }),
    tensors: () => weights,
    restore(state, tensors) {
      ({ best, bestEpoch, waited } = state as { best: number | null; bestEpoch: number; waited: number });
      weights = tensors;
    },
  };
}
