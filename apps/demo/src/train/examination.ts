import { type Dataset, type Sequential, takeSamples } from "@loam/nn";

/** A held-out sample that the network got wrong. */
export interface Mistake {
  readonly index: number;
  readonly label: number;
  readonly read: number;
  /** The probability that the network gave to the right class. */
  readonly share: number;
}

/** What a network makes of the held-out samples. */
export interface Examination {
  readonly samples: number;
  readonly accuracy: number;
  readonly loss: number;
  /** counts[label · classes + read] */
  readonly counts: Uint32Array;
  readonly classes: number;
  /** The classes in the data's own words. */
  readonly names: readonly string[];
  /** The worst ones, worst first. */
  readonly mistakes: readonly Mistake[];
}

const WORST = 9;
const BATCH = 250;
/** Stands in for the logarithm of nothing, which no chart could show. */
const LEAST = 1e-7;

/** Lets a network read the held-out samples, while it is being trained or afterwards. */
export async function examine(model: Sequential, test: Dataset, classes: number): Promise<Examination> {
  const samples = test.inputs.shape[0]!;
  const counts = new Uint32Array(classes * classes);
  const mistakes: Mistake[] = [];
  let right = 0;
  let loss = 0;
  for (let start = 0; start < samples; start += BATCH) {
    // Batch by batch, so that the page's own thread is never busy for long.
    const part = takeSamples(test, start, Math.min(samples, start + BATCH));
    const { labels: read, probabilities } = await model.classify(part.inputs, { batchSize: BATCH });
    const outputs = probabilities.shape[1]!;
    for (let i = 0; i < read.length; i++) {
      const label = part.labels.data[i]!;
      const answer = read[i]!;
      const share = probabilities.data[i * outputs + label]!;
      loss -= Math.log(Math.max(LEAST, share));
      if (answer < classes) counts[label * classes + answer]! += 1;
      if (answer === label) right += 1;
      else mistakes.push({ index: start + i, label, read: answer, share });
    }
  }
  mistakes.sort((a, b) => a.share - b.share);
  return {
    samples,
    accuracy: right / samples,
    loss: loss / samples,
    counts,
    classes,
    names: test.classNames ?? Array.from({ length: classes }, (_, i) => String(i)),
    mistakes: mistakes.slice(0, WORST),
  };
}
