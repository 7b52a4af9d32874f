import { answersOf, requireNumbers, type Values } from "./samples.js";

/** How far numbers are from their targets. */
export interface RegressionReport {
  /** Σ|y − t| / n, in the targets' unit. */
  readonly meanAbsoluteError: number;
  /** √(Σ(y − t)² / n), in the targets' unit. */
  readonly rootMeanSquaredError: number;
  /**
   * R² = 1 − Σ(y − t)² / Σ(t − t̄)², in (−∞, 1]: the share of the targets' variance that is told; 0 is what their mean would reach. With several
   * numbers a sample it is the mean over these. Where all targets are equal it is 1 if every one is met, else 0, as in scikit-learn.
   */
  readonly rSquared: number;
}

/**
 * The errors of outputs [samples, …] against targets of the same shape, or [samples] for one number a sample; NaN for no samples.
 * @throws {ShapeError} `labels-shape`. @throws {DataError} `not-finite` for outputs that are NaN.
 */
export function regressionReport(outputs: Values, targets: Values): RegressionReport {
  const { samples, columns } = answersOf("regressionReport", outputs, targets);
  requireNumbers("regressionReport", outputs, columns);
  const count = samples * columns;
  const target = (sample: number, column: number) => targets.data[sample * columns + column]!;
  let absolute = 0;
  let squares = 0;
  let told = 0;
  for (let column = 0; column < columns; column++) {
    let mean = 0;
    for (let sample = 0; sample < samples; sample++) mean += target(sample, column) / samples;
    let residual = 0;
    let total = 0;
    for (let sample = 0; sample < samples; sample++) {
      const t = target(sample, column);
      const error = outputs.data[sample * columns + column]! - t;
      absolute += Math.abs(error);
      residual += error ** 2;
      total += (t - mean) ** 2;
    }
    squares += residual;
    told += (total > 0 ? 1 - residual / total : residual === 0 ? 1 : 0) / columns;
  }
  return {
    meanAbsoluteError: absolute / count,
    rootMeanSquaredError: Math.sqrt(squares / count),
    rSquared: samples === 0 ? Number.NaN : told,
  };
}
