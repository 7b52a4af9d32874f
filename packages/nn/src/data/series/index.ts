export { type Baseline, baselines } from "./baselines.js";
export { describeSeries } from "./describe-series.js";
export {
  type FittedRecordings,
  fitRecordings,
  labelledRecordings,
  meanProbabilities,
  partRecordings,
  type Recording,
  type RecordingDataset,
  type RecordingInputs,
  type RecordingOptions,
  recordingInputs,
  type UnderstoodRecordings,
  understandRecordings,
} from "./recordings.js";
export { type SeriesOptions, type UnderstoodSeries, understandSeries } from "./understand-series.js";
export {
  type Forecast,
  forecast,
  type LabelledSeries,
  type LabelledSeriesOptions,
  labelledSeries,
  type SeriesInputs,
  seriesInputs,
} from "./use-series.js";
export { type FittedSeries, fitSeries, isSeriesDataset, type SeriesDataset, windowed } from "./windowed.js";
