import { meanSquaredError, Sequential, ShapeError, softmaxCrossEntropy } from "@loam/nn";
import { UsageError } from "./failure.js";
import type { TrainingData } from "./load-data.js";
import { makeLayers, makeOptimizer, type TrainingSettings } from "./network.js";
import { networkName } from "./settings.js";

/**
 * A network with as many outputs as the data has classes, or numbers to be predicted, ready to be trained.
 * @throws {ShapeError} when the layers do not fit each other, the inputs or the outputs.
 */
export function makeModel(settings: TrainingSettings, data: TrainingData): Sequential {
  const { training, outputs: wanted } = data;
  const inputShape = training.inputs.shape.slice(1);
  const { seed, threads, precision } = settings;
  const model = new Sequential(makeLayers(settings, inputShape, wanted), {
    inputShape,
    name: networkName(settings),
    seed,
    threads,
    precision,
  });
  const [outputs = 0, ...more] = model.outputShape;
  const isNumbers = predictsNumbers(data);
  if (isNumbers && settings.classWeight !== undefined)
    throw new UsageError(
      "--class-weight is for classes, and numbers are to be predicted; weigh rows with --weight.",
    );
  if (more.length > 0 || outputs < wanted || (isNumbers && outputs > wanted)) {
    const what = isNumbers ? `${wanted} to be predicted` : `${wanted} classes`;
    // A dense layer on pictures goes over each row of pixels for itself.
    const cure = more.length > 0 ? "put a Flatten layer before the first Dense and " : "";
    throw new ShapeError(
      "output-shape",
      `${training.name}: has ${what}, but the network's output has shape [batch, ${model.outputShape.join(", ")}]; ${cure}end it with a Dense layer of ${wanted} units.`,
    );
  }
  return compileFor(model, settings, data);
}

/** Gives a model the optimizer of the settings, and the loss of what the data asks for. */
export function compileFor(model: Sequential, settings: TrainingSettings, data: TrainingData): Sequential {
  const isNumbers = predictsNumbers(data);
  return model.compile({
    optimizer: makeOptimizer(settings, data.training.inputs.shape[0]!, data.validationSplit),
    loss: isNumbers ? meanSquaredError() : softmaxCrossEntropy(),
    metrics: isNumbers ? [] : ["accuracy"],
  });
}

function predictsNumbers({ training }: TrainingData): boolean {
  return training.schema?.task.kind === "regression";
}
