export type { Engine, EngineOptions, Precision } from "@loam/kernels-as";
export { createEngine, pow } from "@loam/kernels-as";
export { loadIdxFolder, loadMnist } from "#folders";
export { gradients } from "./autodiff/gradients.js";
export type { BatchSource, SourceInputs, SourceLabels, SourceValues } from "./data/batch-source.js";
export { centerDigit } from "./data/center-digit.js";
export {
  classCount,
  type Dataset,
  type DatasetInputs,
  type DatasetLabels,
  pickSamples,
  splitDataset,
  takeSamples,
  validateDataset,
} from "./data/dataset.js";
export { type DistortOptions, distortPictures, distortPicturesInParts } from "./data/distort-pictures.js";
export { type Claim, gunzip, isGzip } from "./data/readers/gzip.js";
export { type IdxArray, idxBytes, readIdx, readIdxImages, readIdxLabels } from "./data/readers/idx.js";
export { sampleDataset } from "./data/sample-dataset.js";
export type { NestedNumbers, NumberArray, Samples } from "./data/samples.js";
export { applyScaling, byteScaling, maximumScaling, type Scaling, standardScaling } from "./data/scaling.js";
export { type SyntheticDigitsOptions, syntheticDigits } from "./data/sources/digits.js";
export type { IdxFolder } from "./data/sources/idx-folder.js";
export type { MnistOptions } from "./data/sources/mnist.js";
export {
  ConfigError,
  DataError,
  type ErrorDetails,
  FormatError,
  InternalError,
  LoamError,
  NumericError,
  PlatformError,
  ShapeError,
} from "./errors.js";
export type { Formula, Term } from "./graph/formula.js";
export type { Shape } from "./graph/shape.js";
export type { Attributes, DataType, Node, Tensor } from "./graph/tensor.js";
export * from "./initializers/index.js";
export { decodeSafetensors, encodeSafetensors } from "./io/safetensors.js";
export * from "./layers/index.js";
export * as optionRules from "./layers/option-rules.js";
export * from "./losses/index.js";
export * as metrics from "./metrics/counted/index.js";
export type { MetricName } from "./metrics/counted/registry.js";
export * from "./metrics/index.js";
export { load, save } from "./model/files.js";
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRates,
} from "./model/find-learning-rate.js";
export { type GraphOptions, model } from "./model/functional.js";
export { Model } from "./model/model.js";
export { type LoadOptions, loadModel, saveModel } from "./model/model-file.js";
export type { CompileOptions, ModelOptions } from "./model/options.js";
export type { Classification } from "./model/probabilities.js";
export { Sequential, type SequentialConstructor, type SequentialOptions } from "./model/sequential.js";
export {
  type StandardModel,
  type StandardModelName,
  type StandardModelOptions,
  standardModel,
  standardModelNames,
} from "./model/standard-models.js";
export type { LayerSummary, ModelSummary } from "./model/summary.js";
export { type Elementwise, type ElementwiseOptions, elementwise } from "./ops/elementwise.js";
export * as ops from "./ops/index.js";
export * from "./optimizers/index.js";
export type { NamedValue } from "./program/parameter-store.js";
export * from "./regularizers/index.js";
export * from "./schedules/index.js";
export type {
  CalendarPart,
  ClassificationTask,
  DataSchema,
  DatePart,
  ImageInput,
  InputSchema,
  LabelTarget,
  MultilabelTask,
  NextTask,
  NumberTarget,
  PixelsInput,
  RecordingInput,
  RegressionTask,
  SeriesColumn,
  SeriesInput,
  TableColumn,
  TableInput,
  Task,
  TextInput,
} from "./schema/data-schema.js";
export type { Callback, Json, ModelInTraining, Training } from "./training/callback.js";
export { type EarlyStoppingOptions, earlyStopping } from "./training/early-stopping.js";
export type { EvaluateOptions, Evaluation } from "./training/evaluate.js";
export type { FitOptions } from "./training/fit-options.js";
export { fitSteps } from "./training/fit-steps.js";
export type { MonitorOptions } from "./training/monitor.js";
export type { BatchGradients, BatchResult, OnBatchOptions } from "./training/on-batch.js";
export type { Inputs, Output, PredictOptions } from "./training/predict.js";
export type { EpochRecord, History, Progress } from "./training/progress.js";
export { type ReduceOnPlateauOptions, reduceOnPlateau } from "./training/reduce-on-plateau.js";
export type { LossDescription } from "./training/trained-model.js";
export type { ClassWeight, Weighing } from "./training/weighing.js";
