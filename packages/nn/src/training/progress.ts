/** How far a training run is. Losses and accuracies are means over the samples seen in this epoch. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this call of `fit`, of how many. */
  readonly step: number;
  readonly steps: number;
  /** With the penalties of regularizers, as `validationLoss` is, so that the two can be compared; Keras counts both so. */
  readonly loss: number;
  readonly accuracy?: number;
  /** Metrics of one's own, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
}

/** One epoch's figures. Wall-clock ones are outside any promise of reproducibility. */
export interface EpochRecord {
  readonly epoch: number;
  /** Steps done when the epoch ended, over the whole call of `fit`. */
  readonly steps: number;
  readonly loss: number;
  readonly accuracy?: number;
  /** Metrics of one's own, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly validationMetrics?: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly seconds: number;
}

/** What a fit did, epoch by epoch. */
export interface History {
  readonly epochs: readonly EpochRecord[];
  readonly steps: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** True when the signal stopped the run early. */
  readonly aborted: boolean;
  /** Why a callback stopped the run early, if one did. */
  readonly stopped?: string;
  /** How many steps `onNaN` skipped, or how often it went back; absent where it stops. */
  readonly recovered?: number;
}
