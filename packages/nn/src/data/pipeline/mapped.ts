import { DataError } from "../../errors.js";
import type { SourceInputs, SourceLabels } from "../batch-source.js";
import type { Scaling } from "../scaling.js";
import { roomFor, type SingleSource, sizeOfOne } from "./single-source.js";

/** One sample's values, which a function may change in place. */
export interface Sample {
  readonly inputs: Uint8Array | Float32Array;
  /** One class index, or one sample's targets. */
  readonly labels: Uint8Array | Uint32Array | Float32Array;
}

/** Makes a sample of a sample; what it leaves out stays. `place` is the sample's among those that are mapped, from 0. */
export type SampleMap = (sample: Sample, place: number) => Result | undefined | Promise<Result | undefined>;

interface Result {
  readonly inputs?: ArrayLike<number>;
  readonly labels?: ArrayLike<number>;
}

/** What a map makes of types and shapes; they stay where nothing is said. */
export interface MapOptions {
  readonly inputs?: SourceInputs;
  readonly labels?: SourceLabels;
  readonly scaling?: Scaling;
  readonly classNames?: readonly string[];
}

/** A source whose samples are made of another's. */
export function mapped(source: SingleSource, change: SampleMap, options: MapOptions): SingleSource {
  const { inputs = source.inputs, labels = source.labels } = options;
  // Names of classes say nothing of other labels.
  const { classNames, ...rest } = source;
  const names = options.classNames ?? (options.labels ? undefined : classNames);
  return {
    ...rest,
    ...(names && { classNames: names }),
    inputs,
    labels,
    scaling: options.scaling ?? source.scaling ?? { kind: "none" },
    fingerprint: `${source.fingerprint ?? ""} | map ${change}`,
    async read(indices, signal) {
      const values = await source.read(indices, signal);
      const made = { inputs: roomFor(inputs, indices.length), labels: roomFor(labels, indices.length) };
      const from = { inputs: sizeOfOne(source.inputs), labels: sizeOfOne(source.labels) };
      const to = { inputs: sizeOfOne(inputs), labels: sizeOfOne(labels) };
      for (const [i, place] of indices.entries()) {
        const sample: Sample = {
          inputs: values.inputs.slice(i * from.inputs, (i + 1) * from.inputs),
          labels: values.labels.slice(i * from.labels, (i + 1) * from.labels),
        };
        const result = { ...sample, ...(await change(sample, place)) };
        for (const part of ["inputs", "labels"] as const) {
          if (result[part].length !== to[part]) {
            throw new DataError(
              "map-size",
              `${source.name}: map was to give ${to[part]} numbers as ${part} of sample ${place + 1}, got ${result[part].length}; say the shape in its options.`,
            );
          }
          made[part].set(result[part], i * to[part]);
        }
      }
      return { ...made, ...(values.weights && { weights: values.weights }) };
    },
  };
}
