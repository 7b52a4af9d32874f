import { type CheckedData, isSource, samplesOf } from "../data/batch-source.js";
import { type DatasetLabels, requireWeights } from "../data/dataset.js";
import { ConfigError, requireIn, requireOneOf, showValue } from "../errors.js";
import { sizeOf } from "../graph/shape.js";
import type { Loss } from "../losses/loss.js";
import { ELLIPSIS } from "../signs.js";
import type { ClassWeight, Weighing } from "./weighing.js";

type Labels = Pick<DatasetLabels, "shape"> & { readonly data: ArrayLike<number> };

/**
 * The data with a weight for each sample: what it had, times what was given, times the weight of its class.
 * @throws {DataError} `weights-invalid`. @throws {ConfigError} `class-unknown`, `class-weight-out-of-range`, `no-classes`, `class-weight-of-source`.
 */
export function weighed(
  owner: string,
  data: CheckedData,
  { sampleWeight, classWeight }: Weighing,
  loss: Loss,
): CheckedData {
  const given = sampleWeight && sampleWeights(owner, sampleWeight, samplesOf(data));
  if (!isSource(data)) {
    const { labels, weights, classNames } = data;
    const ofClass = classWeight && weightsByClass(owner, classWeight, labels, loss, classNames);
    const product = Float32Array.from(
      { length: samplesOf(data) },
      (_, i) => (weights?.[i] ?? 1) * (given?.[i] ?? 1) * (ofClass?.[i] ?? 1),
    );
    return { ...data, weights: product };
  }
  if (classWeight === "balanced") {
    throw new ConfigError(
      "class-weight-of-source",
      `${owner}: classWeight "balanced" counts the classes, which ${data.name} would have to be read for; give a weight a class.`,
    );
  }
  return {
    ...data,
    weighted: true,
    ...(given && { given }),
    async read(indices, signal) {
      const values = await data.read(indices, signal);
      const labels = { data: values.labels, shape: [indices.length, ...data.labels.shape] };
      const ofClass = classWeight && weightsByClass(owner, classWeight, labels, loss, data.classNames);
      const weights = Float32Array.from(
        indices,
        (at, i) => (values.weights?.[i] ?? 1) * (given?.[at] ?? 1) * (ofClass?.[i] ?? 1),
      );
      return { ...values, weights };
    },
  };
}

function sampleWeights(owner: string, given: ArrayLike<number>, samples: number): Float32Array {
  const weights = ArrayBuffer.isView(given) || Array.isArray(given) ? Float32Array.from(given) : given;
  requireWeights(owner, weights, samples);
  return weights;
}

/** What each sample's class counts. */
function weightsByClass(
  owner: string,
  classWeight: ClassWeight,
  labels: Labels,
  loss: Loss,
  classNames: readonly string[] | undefined,
): Float32Array {
  const classes = classesOf(owner, labels, loss);
  if (typeof classWeight === "string") {
    requireOneOf(owner, "classWeight", classWeight, ["balanced"]);
    const counts = new Map<number, number>();
    for (const one of classes) counts.set(one, (counts.get(one) ?? 0) + 1);
    return classes.map((one) => classes.length / (counts.size * counts.get(one)!));
  }
  const byClass = new Map<number, number>();
  for (const [key, weight] of Object.entries(classWeight)) {
    const named = classNames?.indexOf(key) ?? -1;
    const index = named >= 0 ? named : Number(key);
    if (
      !(Number.isInteger(index) && index >= 0 && index < (classNames?.length ?? Number.POSITIVE_INFINITY))
    ) {
      throw new ConfigError(
        "class-unknown",
        `${owner}: classWeight has no class ${showValue(key)} to weigh; name one of ${shortList(classNames)}, or give its number from 0.`,
      );
    }
    requireIn(owner, "classWeight", weight, "[0, Infinity)");
    byClass.set(index, weight);
  }
  return classes.map((one) => byClass.get(one) ?? 1);
}

/** Of class indices, of rows in which one class is the greatest, or of one number a sample that is 0 or 1. */
function classesOf(owner: string, { data, shape }: Labels, loss: Loss): Float32Array {
  const size = sizeOf(shape.slice(1));
  const samples = shape[0]!;
  const exclusive = loss.target !== "dense" || loss.onLogits === "softmax";
  const classes = new Float32Array(samples);
  let fits = shape.length === 1 || size === 1 || exclusive;
  for (let i = 0; i < samples && fits; i++) {
    const row = i * size;
    if (size === 1) classes[i] = data[row]!;
    else for (let j = 1; j < size; j++) if (data[row + j]! > data[row + classes[i]!]!) classes[i] = j;
    fits = size > 1 || Number.isInteger(classes[i]);
  }
  if (fits && !(size > 1 && data instanceof Uint32Array)) return classes;
  throw new ConfigError(
    "no-classes",
    `${owner}: classWeight expects one class a sample, got labels of shape [${shape.join(", ")}] that name none; use sampleWeight.`,
  );
}

function shortList(names: readonly string[] = []): string {
  const shown = names.slice(0, 5).map(showValue).join(", ");
  return names.length > 5 ? `${shown} ${ELLIPSIS}` : shown || "the labels";
}
