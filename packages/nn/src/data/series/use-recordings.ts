import { ConfigError, DataError, FormatError } from "../../errors.js";
import type { RecordingInput } from "../../schema/data-schema.js";
import { isCount, recordOf } from "../../schema/parse-schema.js";
import type { Table } from "../table/table.js";
import type { KnowsTables } from "../table/use-table.js";
import { windowsOf } from "./recordings.js";
import { readSeries } from "./series.js";
import { unlikeTraining } from "./unlike-training.js";
import { isSeriesColumn } from "./use-series.js";

/** Recordings as the inputs of a model that tells them apart. */
export interface RecordingInputs {
  /** [windows, steps, columns] */
  readonly inputs: { readonly data: Float32Array; readonly shape: readonly number[] };
  /** Of each window, the place of its recording. */
  readonly recordings: Uint32Array;
  /** What was not as in training, in sentences: columns that are ignored, numbers in another unit. */
  readonly notes: readonly string[];
}

/**
 * Cuts recordings into a model's windows.
 * @throws {ConfigError} `not-for-recordings` for a model of something else. @throws {DataError} `series-short` for one that is shorter than a window, and
 * as `readSeries`. @throws {FormatError} `schema-invalid`.
 */
export function recordingInputs(model: KnowsTables, tables: readonly Table[]): RecordingInputs {
  const input = requireRecordingSchema(model);
  const series = tables.map((table) => readSeries(table, input));
  for (const { name, length } of series) {
    if (length >= input.steps) continue;
    throw new DataError(
      "series-short",
      `${name}: has ${length} rows, but the network looks at ${input.steps} at once; give it a longer recording.`,
      { file: name },
    );
  }
  const apart = [
    ...(input.recording === undefined ? [] : [input.recording]),
    ...(model.schema?.task.kind === "classification" ? [model.schema.task.target ?? ""] : []),
  ];
  return { ...windowsOf(series, input), notes: unlikeTraining(series, input, apart) };
}

/**
 * What a model says of whole recordings: the mean of the probabilities of each one's windows, [recordings, classes].
 */
export function meanProbabilities(
  recordings: Uint32Array,
  probabilities: { readonly data: Float32Array; readonly shape: readonly number[] },
): Float32Array[] {
  const classes = probabilities.shape[1] ?? 1;
  const count = recordings.reduce((most, at) => Math.max(most, at + 1), 0);
  const sums = Array.from({ length: count }, () => new Float64Array(classes));
  const windows = new Uint32Array(count);
  recordings.forEach((at, window) => {
    windows[at]!++;
    for (let k = 0; k < classes; k++) sums[at]![k]! += probabilities.data[window * classes + k]!;
  });
  return sums.map((sum, at) => Float32Array.from(sum, (value) => value / windows[at]!));
}

/** @throws {ConfigError} `not-for-recordings` @throws {FormatError} `schema-invalid` */
function requireRecordingSchema({ name, schema }: KnowsTables): RecordingInput {
  if (schema?.input.kind !== "recording") {
    throw new ConfigError("not-for-recordings", `The model "${name}" was not trained on recordings.`);
  }
  const { steps, columns, recording } = recordOf(schema.input);
  const areColumns = Array.isArray(columns) && columns.length > 0 && columns.every(isSeriesColumn);
  if (isCount(steps) && areColumns && (recording === undefined || typeof recording === "string"))
    return schema.input;
  throw new FormatError(
    "schema-invalid",
    `model "${name}": what it says of its recordings cannot be read; the file is damaged or from a later version of Loam.`,
  );
}
