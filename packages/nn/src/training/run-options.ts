import type { BatchSource } from "../data/batch-source.js";
import type { Dataset } from "../data/dataset.js";
import type { Samples } from "../data/samples.js";
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
