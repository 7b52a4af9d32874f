import type { Dataset } from "@loam/nn";
import type { DataSource } from "../data-source.js";
import { loadWholeData } from "../load-data.js";
import { streamablePictures } from "../load-pictures.js";
import { labelsOf, type Samples } from "../samples.js";

/** Samples with their labels, as other formats hold them. */
export interface Arrays {
  readonly dataset: Dataset;
  readonly test: Dataset | undefined;
}

/** Everything of a source that is no table: its training part, and its test part where there is one. */
export async function readArrays(source: DataSource): Promise<Arrays> {
  const { training, test } = await loadWholeData(source);
  return { dataset: training, test };
}

/** The same to be looked at: pictures that take more memory than they may are a stream. */
export async function readSamples(
  source: DataSource,
): Promise<{ readonly dataset: Samples; readonly test: Samples | undefined }> {
  if (source.kind !== "pictures") return readArrays(source);
  const { training, test } = await streamablePictures(source);
  return { dataset: training, test };
}

/** How often each class occurs, by name; undefined for labels that are numbers. */
export function classCounts(samples: Samples): ReadonlyMap<string, number> | undefined {
  const { classNames } = samples;
  const labels = labelsOf(samples);
  if (labels.data instanceof Float32Array || labels.shape.length !== 1) return undefined;
  const counts = new Map<string, number>((classNames ?? []).map((name) => [name, 0]));
  for (const label of labels.data) {
    const name = classNames?.[label] ?? String(label);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
