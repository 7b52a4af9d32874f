import {
  binaryCrossEntropy,
  type Loss,
  type Model,
  meanSquaredError,
  Sequential,
  type Shape,
  ShapeError,
  softmaxCrossEntropy,
  type Task,
  type TextInput,
} from "@loam/nn";
import { UsageError } from "./failure.js";
import { isTextModel, type ModelName } from "./names.js";
import { makeLayers, makeOptimizer, type TrainingSettings } from "./network.js";
import { ownNetwork } from "./own-network.js";
import { countOf, shapeOfOne } from "./samples.js";
import { networkName } from "./settings.js";
import { makeTextModel, type TextSizes } from "./text-network.js";
import type { TrainingData } from "./training-data.js";

/**
 * A network with as many outputs as the data has classes, or numbers to be predicted, ready to be trained.
 * @throws {ShapeError} when the layers do not fit each other, the inputs or the outputs.
 */
export async function makeModel(settings: TrainingSettings, data: TrainingData): Promise<Model> {
  const { training, outputs: wanted } = data;
  const inputShape = [...shapeOfOne(training)];
  const { seed, threads, precision } = settings;
  const { model: name } = settings;
  requireSuits(name, training.name, inputShape);
  const options = { inputShape, name: networkName(settings), seed, threads, precision };
  const model = isTextModel(name)
    ? await makeTextModel(name, settings, sizesOf(data))
    : settings.layers !== undefined
      ? ownNetwork(settings.layers, { ...options, outputs: wanted })
      : new Sequential(
          makeLayers({ ...usualDecay(settings, data), ...settings }, inputShape, wanted),
          options,
        );
  if (training.schema?.task.kind === "next") return compileFor(requireNext(model, data), settings, data);
  const [outputs = 0, ...more] = model.outputShape;
  const kind = training.schema?.task.kind;
  const isNumbers = kind === "regression";
  if (kind === "multilabel" && settings.classWeight !== undefined)
    throw new UsageError(
      "--class-weight is for classes, of which each row has one, and here any label may hold; weigh rows with --weight.",
    );
  if (isNumbers && settings.classWeight !== undefined)
    throw new UsageError(
      "--class-weight is for classes, and numbers are to be predicted; weigh rows with --weight.",
    );
  if (
    more.length > 0 ||
    outputs < wanted ||
    (kind !== "classification" && kind !== undefined && outputs > wanted)
  ) {
    const what = isNumbers
      ? `${wanted} to be predicted`
      : `${wanted} ${kind === "multilabel" ? "labels" : "classes"}`;
    // A dense layer on pictures goes over each row of pixels for itself.
    const cure = more.length > 0 ? "put a Flatten layer before the first Dense and " : "";
    throw new ShapeError(
      "output-shape",
      `${training.name}: has ${what}, but the network's output has shape [batch, ${model.outputShape.join(", ")}]; ${cure}end it with a Dense layer of ${wanted} units.`,
    );
  }
  return compileFor(model, settings, data);
}

/** What one sample must be for networks that look at more than a list of numbers: how many axes it has. */
const SEES: Partial<Record<ModelName, readonly [axes: number, what: string]>> = {
  cnn: [3, "pictures"],
  lenet: [3, "pictures"],
  pictures: [3, "pictures"],
  recordings: [2, "recordings"],
};

/** @throws {UsageError} for a network that these samples are nothing to. */
function requireSuits(name: ModelName | undefined, data: string, { length }: Shape): void {
  const [axes, what] = (name && SEES[name]) ?? [length, ""];
  if (axes === length) return;
  throw new UsageError(
    `${data}: --model ${name} is for ${what}, and these are none; leave --model out, or take mlp.`,
  );
}

/**
 * λ of L2 for a table's classes or labels, unless told otherwise: 1 ÷ rows, as for a prior on the weights that data outweighs. In cross-validations inside training
 * rows, iris (100 rows) went from 93.3 to 96.3 % with 0.01 and titanic (700) from 82.5 to 80.6 %, which 0.001 left at 82.2 %.
 */
function usualDecay(
  { model }: TrainingSettings,
  { training }: TrainingData,
): Pick<TrainingSettings, "l2"> | undefined {
  const { schema } = training;
  if (model !== "table" || schema?.input.kind !== "table" || schema.task.kind === "regression")
    return undefined;
  return { l2: 1 / countOf(training) };
}

/** What a network for text is made for. */
function sizesOf({ training, outputs }: TrainingData): TextSizes {
  const { input } = training.schema!;
  const { unit, vocabulary, length } = input as TextInput;
  // Words have two ids beside: for none, and for an unknown one.
  return { vocabulary: vocabulary.length + (unit === "word" ? 2 : 0), length, classes: outputs };
}

/** @throws {ShapeError} for layers of one's own that do not say at each step what comes next. */
function requireNext(model: Model, { training, outputs }: TrainingData): Model {
  const [length] = shapeOfOne(training);
  const [steps, classes = 0] = model.outputShape;
  if (model.outputShape.length === 2 && steps === length && classes >= outputs) return model;
  throw new ShapeError(
    "output-shape",
    `${training.name}: has ${outputs} different characters in windows of ${length}, but the network's output has shape [batch, ${model.outputShape.join(", ")}]; begin with an Embedding and end with a Dense layer of ${outputs} units at every step.`,
  );
}

/** Gives a model the optimizer of the settings, and the loss of what the data asks for. */
export function compileFor(model: Model, settings: TrainingSettings, data: TrainingData): Model {
  const kind = data.training.schema?.task.kind;
  return model.compile({
    optimizer: makeOptimizer(settings, countOf(data.training), data.validationSplit),
    loss: usualLoss(kind),
    metrics: countsAnswers(kind) ? ["accuracy"] : [],
  });
}

/** The loss of a task, by which a network is trained and, where its file says no other, measured. */
export function usualLoss(kind: Task["kind"] | undefined): Loss {
  if (kind === "multilabel") return binaryCrossEntropy();
  return kind === "regression" ? meanSquaredError() : softmaxCrossEntropy();
}

/** Whether each sample, or each of its steps, has one right answer, of which the share told can be counted on the way. */
export function countsAnswers(kind: Task["kind"] | undefined): boolean {
  return kind !== "regression" && kind !== "multilabel";
}
