import { DataError, type Dataset } from "@loam/nn";
import type { PictureStream } from "@loam/nn/data/images";
import { isStream, type Samples } from "./samples.js";

/**
 * Renumbers a dataset's labels as a model numbers its classes: by name, where both have names. A table of words numbers its classes by
 * those that occur in it, and a test table may lack some.
 * @throws {DataError} `label-out-of-range` for a class that the model has never heard of.
 */
export function alignClasses<Given extends Samples>(
  dataset: Given,
  classNames: readonly string[] | undefined,
): Given extends PictureStream ? PictureStream : Dataset;
export function alignClasses(dataset: Samples, classNames: readonly string[] | undefined): Samples {
  const own = dataset.classNames;
  if (!own || !classNames || own.join("\n") === classNames.join("\n")) return dataset;
  const numbers = own.map((name) => classNames.indexOf(name));
  const unknown = own.filter((_, i) => numbers[i]! < 0);
  if (unknown.length > 0) {
    throw new DataError(
      "label-out-of-range",
      `${dataset.name}: has the class ${unknown.map((name) => JSON.stringify(name)).join(", ")}, but the network was trained on ${classNames.join(", ")}.`,
    );
  }
  if (isStream(dataset)) return dataset.renumbered(classNames, numbers);
  const data = Uint32Array.from(dataset.labels.data, (label) => numbers[label]!);
  return { ...dataset, classNames, labels: { ...dataset.labels, data } };
}
