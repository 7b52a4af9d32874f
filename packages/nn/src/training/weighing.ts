/**
 * What a class counts: "balanced", or a weight by the class's name or its number from 0; classes that are not named count 1. "balanced" gives
 * class c the weight samples / (classes · samples of c), so that every class that occurs weighs the same in all, and the mean weight is 1.
 */
export type ClassWeight = "balanced" | Readonly<Record<string | number, number>>;

/**
 * How much each sample's loss counts. With weights w a batch has the loss Σ wᵢ·lᵢ / samples, penalties added as they are, and so has an epoch, a
 * short last batch included: Keras' rule. Accuracy and metrics count every sample once.
 */
export interface Weighing {
  /** One number of at least 0 a sample, in the order of the data; times the data's own weights, if it has any. */
  readonly sampleWeight?: ArrayLike<number>;
  /** For data of classes; times `sampleWeight`, where both are given. Not for what is held out or given for validation. */
  readonly classWeight?: ClassWeight;
}
