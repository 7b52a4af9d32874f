import { DataError, validateDataset } from "@loam/nn";
import { alignClasses } from "./align-classes.js";
import { isStream, type Samples, shapeOfOne } from "./samples.js";

/** Checks a test set against the training set, and gives it the training set's scaling and classes. */
export function testLike(test: Samples, training: Samples, classes: number): Samples {
  const [expected, got] = [training, test].map(shapeOfOne) as [readonly number[], readonly number[]];
  if (String(expected) !== String(got)) {
    throw new DataError(
      "size-mismatch",
      `${test.name}: expected samples of shape [${expected.join(", ")}] as in ${training.name}, got [${got.join(", ")}].`,
    );
  }
  if (isStream(test)) return alignClasses(test.scaled(training.scaling), training.classNames);
  const aligned = alignClasses({ ...test, scaling: training.scaling }, training.classNames);
  validateDataset(aligned, { classes });
  return aligned;
}
