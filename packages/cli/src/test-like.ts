import { DataError, type Dataset, validateDataset } from "@loam/nn";
import { alignClasses } from "./align-classes.js";

/** Checks a test set against the training set, and gives it the training set's scaling and classes. */
export function testLike(test: Dataset, training: Dataset, classes: number): Dataset {
  const [, ...expected] = training.inputs.shape;
  const [, ...got] = test.inputs.shape;
  if (String(expected) !== String(got)) {
    throw new DataError(
      "size-mismatch",
      `${test.name}: expected samples of shape [${expected.join(", ")}] as in ${training.name}, got [${got.join(", ")}].`,
    );
  }
  const aligned = alignClasses({ ...test, scaling: training.scaling }, training.classNames);
  validateDataset(aligned, { classes });
  return aligned;
}
