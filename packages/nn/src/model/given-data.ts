import type { BatchSource } from "../data/batch-source.js";
import type { Dataset } from "../data/dataset.js";
import { isSamples, labelsOf, samplesOf } from "../data/samples.js";
import type { Shape } from "../graph/shape.js";
import type { Loss } from "../losses/loss.js";

/** What `fit` and `evaluate` were given: a data set or a source, and options, or samples, their targets and options. */
export type Given<Options> = readonly [given: unknown, labelsOrOptions?: unknown, options?: Options];

/** A data set of it, or the source, and the options. @throws {ShapeError} {DataError} for samples or targets that cannot be read; see `samplesOf`, `labelsOf`. */
export function dataOf<Options extends object>(
  owner: string,
  [given, second, third]: Given<Options>,
  { inputShape, outputShape }: { readonly inputShape: Shape; readonly outputShape: Shape },
  loss: Loss,
): { readonly data: Dataset | BatchSource; readonly options: Options } {
  if (!isSamples(given)) return { data: given as Dataset | BatchSource, options: (second ?? {}) as Options };
  const inputs = samplesOf(owner, given, inputShape);
  const kind = { output: outputShape, indices: loss.target !== "dense" };
  const labels = isSamples(second) ? labelsOf(owner, second, inputs.shape[0]!, kind) : second;
  const dataset = { name: owner, inputs, labels, scaling: { kind: "none" } };
  return { data: dataset as Dataset, options: third ?? ({} as Options) };
}
