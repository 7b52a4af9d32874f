import type { DataSchema, RecordingInput } from "../../schema/data-schema.js";
import type { Dataset } from "../dataset.js";
import { momentsOf } from "../table/fit-columns.js";
import type { Series } from "./series.js";
import type { UnderstoodRecordings } from "./understand-recordings.js";

/** Windows of recordings. */
export interface RecordingDataset extends Dataset {
  readonly schema: DataSchema;
  /** Of each window, the place of its recording among those that it was asked for. */
  readonly recordings: Uint32Array;
}

/** Recordings whose columns have been looked at on those that are trained on. */
export interface FittedRecordings {
  readonly schema: DataSchema;
  /** The windows of some recordings, by their places. */
  dataset(places: Uint32Array): RecordingDataset;
}

/** Takes means and deviations from the recordings `training`, by their places. */
export function fitRecordings(understood: UnderstoodRecordings, training: Uint32Array): FittedRecordings {
  const { series, steps, columns, leftOut, classNames, classes, options } = understood;
  const { target, recording } = options;
  const schema: DataSchema = {
    task: { kind: "classification", ...(target !== undefined && { target }) },
    input: {
      kind: "recording",
      steps,
      columns: columns.map((column, i) => {
        const values = Array.from(training, (place) => [...known(series[place]!, i)]).flat();
        const { mean, deviation } = momentsOf(values.length > 0 ? values : [0]);
        return { ...column, shift: mean, scale: deviation > 0 ? deviation : 1 };
      }),
      ...(recording !== undefined && { recording }),
      leftOut: leftOut.map(({ name }) => name),
    },
  };
  const input = schema.input as RecordingInput;
  return {
    schema,
    dataset: (places) => {
      const windows = windowsOf(
        Array.from(places, (place) => series[place]!),
        input,
      );
      const labels = windows.recordings.map((at) => classes[places[at]!]!);
      return {
        name: "recordings",
        inputs: windows.inputs,
        labels: { data: labels, shape: [labels.length] },
        scaling: { kind: "none" },
        classNames,
        schema,
        recordings: windows.recordings,
      };
    },
  };
}

/** A column's numbers; where the beginning is empty, what comes first. */
function known({ columns }: Series, i: number): Float64Array {
  const { known: values, first } = columns[i]!;
  return first === 0 ? values : values.map((value, at) => (at < first ? (values[first] ?? 0) : value));
}

/** Windows half a window apart, the last one at the end. */
export function windowsOf(series: readonly Series[], { steps, columns }: RecordingInput) {
  const stride = Math.ceil(steps / 2);
  const places: (readonly [recording: number, start: number])[] = series.flatMap(({ length }, at) => {
    const last = length - steps;
    const starts = Array.from({ length: Math.ceil(last / stride) }, (_, i) => i * stride);
    return [...starts, last].map((start) => [at, start] as const);
  });
  const width = columns.length;
  const data = new Float32Array(places.length * steps * width);
  const values = series.map((one) => columns.map((_, i) => known(one, i)));
  places.forEach(([at, start], window) => {
    columns.forEach(({ shift, scale }, i) => {
      const from = values[at]![i]!;
      for (let step = 0; step < steps; step++) {
        data[(window * steps + step) * width + i] = (from[start + step]! - shift) / scale;
      }
    });
  });
  return {
    inputs: { data, shape: [places.length, steps, width] },
    recordings: Uint32Array.from(places, ([at]) => at),
  };
}
