export type { ScalingChoice } from "../find-scaling.js";
export { type CollectOptions, collect, type StreamedSample } from "./collect.js";
export { type PipelineOptions, pipeline } from "./from-data.js";
export type { MapOptions, Sample, SampleMap } from "./mapped.js";
export { type Batch, type BatchOptions, Pipeline } from "./pipeline.js";
export type { SingleSource, SingleValues } from "./single-source.js";
export type { PipelineWindowOptions } from "./windowed.js";
