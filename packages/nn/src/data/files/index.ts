export type { ScalingChoice } from "../find-scaling.js";
export { type CsvRowsOptions, csvRows } from "./csv-rows.js";
export { type CsvSourceOptions, csvSource } from "./csv-source.js";
export type { FileSource, FileSourceOptions } from "./file-source.js";
export { idxSource } from "./idx-source.js";
export { type NpzSourceOptions, npzSource } from "./npz-source.js";
export type { FileInput } from "./open-file.js";
