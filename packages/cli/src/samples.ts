import { type Dataset, type DatasetLabels, pickSamples, sampleDataset } from "@loam/nn";
import { PictureStream } from "@loam/nn/data/images";

/** What a network is trained and measured on: in memory, or pictures that take too much of it. */
export type Samples = Dataset | PictureStream;

export function isStream(samples: Samples): samples is PictureStream {
  return samples instanceof PictureStream;
}

export function countOf(samples: Samples): number {
  return isStream(samples) ? samples.samples : samples.inputs.shape[0]!;
}

/** The shape of one. */
export function shapeOfOne({ inputs }: Samples): readonly number[] {
  return "type" in inputs ? inputs.shape : inputs.shape.slice(1);
}

export function labelsOf(samples: Samples): DatasetLabels {
  return isStream(samples) ? { data: samples.classes, shape: [samples.samples] } : samples.labels;
}

/** Those at these places, in this order. */
export function pickOf(samples: Samples, places: Uint32Array): Samples {
  return isStream(samples) ? samples.pick(places) : pickSamples(samples, places);
}

/** So many of them, of each class its share. */
export function drawnFrom(samples: Samples, count: number, seed: number): Samples {
  return isStream(samples) ? samples.sample(count, seed) : sampleDataset(samples, count, seed);
}

/** Some samples of a stream, in memory: the first. */
export async function firstOf(stream: PictureStream, most: number): Promise<Dataset> {
  const places = Uint32Array.from({ length: Math.min(most, stream.samples) }, (_, i) => i);
  const { value } = await inParts(stream.pick(places), Number.POSITIVE_INFINITY).next();
  return value as Dataset;
}

/** A stream's samples, in order, in data sets of up to so many bytes. */
export async function* inParts(stream: PictureStream, bytes: number): AsyncGenerator<Dataset> {
  const { name, inputs, scaling, classNames, schema, samples } = stream;
  const size = inputs.shape.reduce((product, side) => product * side, 1);
  const together = Math.max(1, Math.floor(bytes / size));
  for (let at = 0; at < samples; at += together) {
    const length = Math.min(together, samples - at);
    const places = Uint32Array.from({ length }, (_, i) => at + i);
    const values = await stream.read(places);
    yield {
      ...{ name, scaling, classNames, schema },
      inputs: { data: values.inputs, shape: [length, ...inputs.shape] },
      labels: { data: values.labels, shape: [length] },
    };
  }
}
