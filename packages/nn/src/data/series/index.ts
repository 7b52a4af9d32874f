export { type Baseline, baselines } from "./baselines.js";
export { describeSeries } from "./describe-series.js";
export { labelledRecordings, partRecordings } from "./part-recordings.js";
export { type FittedRecordings, fitRecordings, type RecordingDataset } from "./recordings.js";
export {
  type Recording,
  type RecordingOptions,
  type UnderstoodRecordings,
  understandRecordings,
} from "./understand-recordings.js";
export { type SeriesOptions, type UnderstoodSeries, understandSeries } from "./understand-series.js";
export { meanProbabilities, type RecordingInputs, recordingInputs } from "./use-recordings.js";
export {
  type Forecast,
  forecast,
  type LabelledSeries,
  type LabelledSeriesOptions,
  labelledSeries,
  refitSeries,
  type SeriesInputs,
  seriesInputs,
} from "./use-series.js";
export { type FittedSeries, fitSeries, isSeriesDataset, type SeriesDataset, windowed } from "./windowed.js";
