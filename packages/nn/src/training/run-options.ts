import type { BatchSource } from "../data/batch-source.js";
import type { Dataset } from "../data/dataset.js";
import type { Samples } from "../data/samples.js";
import type { OnNaN } from "./recovery.js";
import type { Weighing } from "./weighing.js";

/** What decides a fit's steps and their bits, beside the model and its data. */
export interface RunOptions extends Weighing {
  /** How often to go through the data; default 1. */
  readonly epochs?: number;
  /** Steps in all, in place of `epochs`: the last epoch may be a part of one. */
  readonly steps?: number;
  /** Samples a step, default 32; the last batch of an epoch is as short as it has to be. */
  readonly batchSize?: number;
  /**
   * How many batches a step has, default 1: their gradients are added up, so that it is the step of one large batch, in the memory of a small one.
   * Its bits are not the large one's, and BatchNorm sees small ones. Steps, schedules and checkpoints count large ones.
   */
  readonly accumulate?: number;
  /**
   * What becomes of a fit in which a loss, a gradient or a weight is not finite; the step counts in any case, and its samples are not seen again in
   * its epoch.
   *
   * - `"stop"` (default): it ends with a {@link NumericError}, and the weights are those before that step.
   * - `"skip"`: a step whose loss or gradients are not finite leaves weights and the optimizer's numbers as they were. Figures are of the samples
   *   whose loss was finite, and what layers keep, as BatchNorm does, is of those too. Weights that are not finite, or an epoch of nothing but such
   *   steps, end the fit with a NumericError.
   * - `"rollback"`: weights, state, the optimizer's numbers and its count of steps, and so its schedule, become again what they were at the end of
   *   the epoch with the lowest validation loss, and the learning rate is halved from then on. Without validation data it is the beginning of the epoch with
   *   the lowest training loss, which is the loss of the weights that it began with; before the first epoch's end it is the fit's
   *   beginning. An epoch whose validation loss or last weights are not finite goes back as well. The eleventh time ends the fit with a NumericError.
   *
   * All of it is in checkpoints, so that a fit that goes on from one has the bits of an unbroken one.
   */
  readonly onNaN?: OnNaN;
  /** A new order every epoch, a function of (seed, epoch); default true. */
  readonly shuffle?: boolean;
  /** The share of the data, in (0, 1), that is set aside for validation, chosen by the seed. */
  readonly validationSplit?: number;
  /** Evaluated after every epoch: data, or samples and their targets, and perhaps the samples' weights. */
  readonly validationData?:
    | Dataset
    | BatchSource
    | readonly [inputs: Samples, labels: Samples, sampleWeight?: ArrayLike<number>];
}
