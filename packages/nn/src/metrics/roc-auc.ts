import { answersOf, classAt, requireNumbers, type Values } from "./samples.js";

/**
 * The area under the ROC curve: how probable it is that a sample of a class gets a higher score for it than one that is not of it, where equal
 * scores count a half (Mann & Whitney, 1947). 0.5 is chance, 1 a perfect order. Exact, and not from a grid of thresholds.
 *
 * outputs [samples] or [samples, 1]: scores for yes, logits or probabilities, and labels of which what is above 0.5 is yes. Outputs
 * [samples, classes]: the mean over the classes of each against the rest, leaving out those that no sample has, or every one; labels class
 * indices [samples] or rows like the outputs. NaN where no such class is left.
 * @throws {ShapeError} `labels-shape`. @throws {DataError} `label-out-of-range`; `not-finite` for outputs that are NaN.
 */
export function rocAuc(outputs: Values, labels: Values): number {
  const answers = answersOf("rocAuc", outputs, labels);
  const { samples, columns } = answers;
  requireNumbers("rocAuc", outputs, columns);
  const rows = Array.from({ length: samples }, (_, sample) => sample);
  if (columns === 1)
    return areaOf(
      outputs.data,
      rows.map((sample) => labels.data[sample]! > 0.5),
    );
  const classes = rows.map((sample) => classAt("rocAuc", labels, answers, sample));
  let total = 0;
  let count = 0;
  for (let column = 0; column < columns; column++) {
    const scores = rows.map((sample) => outputs.data[sample * columns + column]!);
    const area = areaOf(
      scores,
      classes.map((label) => label === column),
    );
    if (Number.isNaN(area)) continue;
    total += area;
    count++;
  }
  return total / count;
}

/** From the ranks of the positives, of which equal scores share the mean. */
function areaOf(scores: ArrayLike<number>, positive: readonly boolean[]): number {
  const order = positive.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let positives = 0;
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    let within = 0;
    for (; end < order.length && scores[order[end]!] === scores[order[begin]!]; end++)
      if (positive[order[end]!]) within++;
    ranks += (within * (begin + 1 + end)) / 2;
    positives += within;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
