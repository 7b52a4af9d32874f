// What a model is given, looked at before anything is done with it.
import { type BatchSource, type CheckedData, checkedSource, isSource } from "../data/batch-source.js";
import { type Dataset, validateDataset } from "../data/dataset.js";
import {
  ConfigError,
  requireIn,
  requireNonNegativeInteger,
  requireOneOf,
  requirePositiveInteger,
  ShapeError,
  showValue,
} from "../errors.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { requireMetrics } from "../metrics/metric.js";
import { hasKernel } from "../optimizers/kernel-optimizer.js";
import { requireOptions } from "../options.js";
import type { NamedValue } from "../program/parameter-store.js";
import type { Inputs } from "../training/predict.js";
import type { Network } from "./network.js";
import type { CompiledParts, CompileOptions, ModelOptions } from "./options.js";

/** What is looked at of a model. */
interface Checked {
  readonly name: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly network: Network;
}

const MODEL_OPTIONS: readonly (keyof ModelOptions)[] = [
  "name",
  "seed",
  "engine",
  "threads",
  "precision",
  "wide",
  "maximumBytes",
  "workerUrl",
];
const COMPILE_OPTIONS: readonly (keyof CompileOptions)[] = ["optimizer", "loss", "metrics"];

/**
 * Looks at the options of a model, of which `own` are its kind's, checked by `also`.
 * @throws {ConfigError} for an option that is unknown or out of its range.
 */
export function requireModelOptions(
  owner: string,
  options: ModelOptions,
  own: readonly string[],
  also?: () => void,
): void {
  requireOptions(owner, options, [...own, ...MODEL_OPTIONS]);
  also?.();
  const { threads = "auto", precision = "standard", wide = "off", seed = 0 } = options;
  if (threads !== "auto") {
    requirePositiveInteger(owner, "threads", threads);
    requireIn(owner, "threads", threads, "[1, 64]");
  }
  requireOneOf(owner, "precision", precision, ["standard", "high", "fast"]);
  requireOneOf(owner, "wide", wide, ["auto", "off"]);
  requireNonNegativeInteger(owner, "seed", seed);
}

/** @throws {ConfigError} `not-a-layer` */
export function requireLayers(owner: string, layers: readonly Layer[]): void {
  for (const layer of layers) {
    if (layer instanceof Layer) continue;
    throw new ConfigError(
      "not-a-layer",
      `${owner}: expected layers like new ReLU(), got ${showValue(layer)}.`,
    );
  }
}

/** @throws {ConfigError} `not-single` for a model that data sets have not enough for. */
export function requireSingle(
  { name, network: { graph } }: Pick<Checked, "name" | "network">,
  what: string,
): void {
  const [inputs, outputs] = [graph.inputs.length, graph.outputs.length];
  if (inputs === 1 && outputs === 1) return;
  throw new ConfigError(
    "not-single",
    `${what}: expected a model with one input and one output, got "${name}" with ${inputs} and ${outputs}; use predictAll, train on a BatchSource where only the inputs are several, or take a model that has one of each.`,
  );
}

/** @throws {ShapeError} `input-shape` */
export function requireAllInputs({ name, network }: Checked, inputs: readonly Inputs[]): void {
  const count = network.inputShapes.length;
  const samples = inputs?.[0]?.shape?.[0];
  if (
    !Array.isArray(inputs) ||
    inputs.length !== count ||
    inputs.some(({ shape }) => shape?.[0] !== samples)
  ) {
    throw new ShapeError(
      "input-shape",
      `predictAll: the model "${name}" expects a list of ${count} inputs with as many samples each, got ${Array.isArray(inputs) ? inputs.map(({ shape = [] }) => formatShape(shape)).join(" and ") || "none" : showValue(inputs)}.`,
    );
  }
  network.inputShapes.forEach((inputShape, i) => {
    requireInputs({ name, inputShape }, "predictAll", inputs[i]!);
  });
}

/**
 * Looks at what `compile` is told, unless there are names in it, which are not known yet.
 * @throws {ConfigError} `unknown-option`, `not-an-optimizer`, `optimizer-without-update`, `not-a-loss`, `not-a-metric`.
 */
export function withoutNames(options: CompileOptions): options is CompiledParts {
  requireOptions("compile", options, COMPILE_OPTIONS);
  const { optimizer, loss, metrics = [] } = options as CompiledParts;
  if ([optimizer, loss, ...metrics].some((one) => typeof one === "string" && one !== "accuracy"))
    return false;
  if (typeof optimizer?.learningRateAt !== "function") {
    throw new ConfigError(
      "not-an-optimizer",
      `compile: expected an optimizer like new Adam(), got ${showValue(optimizer)}.`,
    );
  }
  if (typeof optimizer.update !== "function" && !hasKernel(optimizer)) {
    throw new ConfigError(
      "optimizer-without-update",
      `compile: the optimizer ${optimizer.name} has no method update; see Optimizer.`,
    );
  }
  // A function has a call as well: softmaxCrossEntropy without its brackets.
  if (typeof loss !== "object" || typeof loss?.call !== "function") {
    throw new ConfigError(
      "not-a-loss",
      `compile: expected a loss like softmaxCrossEntropy(), got ${showValue(loss)}.`,
    );
  }
  requireMetrics(metrics);
  return true;
}

/** @throws {ShapeError} `input-shape` when the samples are not of the model's size. */
export function requireInputs(
  { name, inputShape }: Pick<Checked, "name" | "inputShape">,
  owner: string,
  inputs: Pick<Dataset["inputs"], "data" | "shape">,
): void {
  const { data, shape = [] } = inputs ?? {};
  const [samples, ...sample] = shape;
  const length = data?.length;
  if (Number.isSafeInteger(samples) && sameShape(sample, inputShape) && length === sizeOf(shape)) return;
  throw new ShapeError(
    "input-shape",
    `${owner}: the model "${name}" expects inputs of shape ${formatShape(["samples", ...inputShape])}, got ${formatShape(shape)} with ${length} values.`,
  );
}

/** @throws {ConfigError} `labels-not-dense`. @throws {ShapeError} or {DataError} when the data does not fit, or is wrong in itself. */
export function requireDataset(model: Checked, dataset: Dataset, loss: Loss): void {
  requireInputs(model, dataset?.name ?? "the dataset", dataset?.inputs);
  const classes = classesOf(model.outputShape);
  const sparse = !(dataset.labels?.data instanceof Float32Array);
  const dense = loss.target === "dense";
  validateDataset(dataset, sparse && !dense ? { classes } : {});
  requireLabels(model, dataset.name, dataset.labels.shape, sparse, loss);
}

/** How many classes an output tells apart: those of each step, where it is a sequence. */
const classesOf = (outputShape: Shape): number => outputShape.at(-1) ?? 1;

function requireLabels(
  { outputShape }: Checked,
  name: string,
  shape: readonly (number | "samples")[],
  sparse: boolean,
  loss: Loss,
): void {
  const outputs = sizeOf(outputShape);
  if (sparse && loss.target === "dense") {
    throw new ConfigError(
      "labels-not-dense",
      `${name}: the loss ${loss.name} expects float32 labels [samples, ${outputs}], got class indices; convert them, or use softmaxCrossEntropy.`,
    );
  }
  const lead = outputShape.slice(0, -1);
  if (sparse && lead.length > 0 && !sameShape(shape.slice(1) as number[], lead)) {
    const wants = formatShape(["samples", ...lead]);
    throw new ShapeError(
      "label-shape",
      `${name}: expected a class index for each of ${wants}, since outputs are ${formatShape(["samples", ...outputShape])}, got ${formatShape(shape)}${shape.length === 1 ? "; for one a sample, add a Flatten layer before the first Dense" : ""}.`,
    );
  }
  if (!sparse && sizeOf(shape.slice(1) as number[]) !== outputs) {
    throw new ShapeError(
      "label-shape",
      `${name}: expected labels of shape ${formatShape(["samples", ...outputShape])}, got ${formatShape(shape)}.`,
    );
  }
}

/**
 * Data for a model, looked at: a dataset as it is, a source so that its values are as they are read.
 * @throws {ConfigError} `not-single`, `samples-not-positive`, `source-type`, and what `requireDataset` throws.
 */
export function requireData(
  model: Checked,
  what: string,
  data: Dataset | BatchSource,
  loss: Loss,
): CheckedData {
  if (!isSource(data)) {
    requireSingle(model, what);
    requireDataset(model, data, loss);
    return data;
  }
  if (model.network.graph.outputs.length > 1) requireSingle(model, what);
  const sparse = data.labels?.type !== "f32";
  const source = checkedSource(
    data,
    sparse && loss.target !== "dense" ? classesOf(model.outputShape) : undefined,
  );
  const { name, inputs, labels } = source;
  const { inputShapes } = model.network;
  if (
    inputs.length !== inputShapes.length ||
    inputs.some(({ shape }, i) => !sameShape(shape, inputShapes[i]!))
  ) {
    const list = (shapes: readonly Shape[]) => shapes.map((shape) => formatShape(shape)).join(" and ");
    throw new ShapeError(
      "input-shape",
      `${name}: the model "${model.name}" expects samples of shape ${list(inputShapes)}, got ${list(inputs.map(({ shape }) => shape))}.`,
    );
  }
  requireLabels(model, name, ["samples", ...labels.shape], sparse, loss);
  return source;
}

/** Copies of the weights' numbers in the model's order. @throws {ConfigError} `weights-mismatch`, naming all that does not fit. */
export function matchWeights(
  { name: model, network }: Checked,
  weights: readonly NamedValue[],
): Float32Array[] {
  const given = new Map(weights.map((weight) => [weight.name, weight]));
  const wrong: string[] = [];
  const values = network.variables.map(({ name, shape }) => {
    const weight = given.get(name);
    given.delete(name);
    if (!weight) wrong.push(`"${name}" is missing`);
    else if (!sameShape(weight.shape, shape) || weight.data.length !== sizeOf(shape)) {
      wrong.push(
        `"${name}" has shape ${formatShape(weight.shape)} and ${weight.data.length} values where ${formatShape(shape)} is expected`,
      );
    }
    return weight?.data ?? new Float32Array(0);
  });
  for (const name of given.keys()) wrong.push(`"${name}" belongs to no layer`);
  if (wrong.length > 0) {
    throw new ConfigError(
      "weights-mismatch",
      `The weights do not fit the model "${model}": ${wrong.join("; ")}.`,
    );
  }
  return values.map((value) => Float32Array.from(value));
}
