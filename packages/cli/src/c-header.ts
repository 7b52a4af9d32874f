import { type Dataset, type Model, type Output, pickSamples } from "@loam/nn";
import { findDataSource } from "./data-source.js";
import { datasetToMeasure } from "./data-to-measure.js";
import { countOf, firstOf, isStream } from "./samples.js";
import type { Terminal } from "./terminal.js";

/** How many samples ranges are taken from, and on how many others the loss is measured: integers are slow here. */
const [CALIBRATED, MEASURED] = [500, 2000];

/** What int8 costs, on samples that it was not calibrated by where there are some. */
export interface Int8Loss {
  readonly calibratedOn: number;
  readonly measuredOn: number;
  /** Of a model that tells classes: the share of right answers. */
  readonly accuracy?: { readonly float32: number; readonly int8: number };
  /** Of one that predicts numbers: the root of the outputs' mean square difference. */
  readonly difference?: number;
}

/** A model as C in float32. */
export async function floatHeader(model: Model, name: string): Promise<string> {
  const { exportC } = await import("@loam/nn/io/c");
  return exportC(model, { name });
}

/** A model as C in int8, calibrated by data. */
export async function int8Header(
  model: Model,
  name: string,
  data: string,
  terminal: Terminal,
): Promise<{ readonly header: string; readonly loss: Int8Loss }> {
  const { dataset, notes } = await datasetToMeasure(model, await findDataSource(data, {}), undefined, {});
  for (const note of notes) terminal.note(note);
  const samples = countOf(dataset);
  const picked = async (places: Uint32Array) => {
    if (!isStream(dataset)) return pickSamples(dataset, places);
    return firstOf(dataset.pick(places), places.length);
  };
  const used = spread(samples, CALIBRATED);
  const isUsed = new Set(used);
  const others = Array.from({ length: samples }, (_, i) => i).filter((i) => !isUsed.has(i));
  const left = others.length > 0 ? others : [...used];
  const measured = await picked(spread(left.length, MEASURED).map((i) => left[i]!));
  const { exportCInt8 } = await import("@loam/nn/io/c");
  const { header, predict } = await exportCInt8(model, (await picked(used)).inputs, { name });
  const [float32, int8] = [await model.predict(measured.inputs), await predict(measured.inputs)];
  const counts = { calibratedOn: used.length, measuredOn: measured.inputs.shape[0]! };
  return { header, loss: { ...counts, ...lossBetween(model, measured, float32, int8) } };
}

/** So many of `count` places, as far apart as they can be: data is often sorted. */
function spread(count: number, wanted: number): Uint32Array {
  const n = Math.min(count < 2 * wanted ? Math.ceil(count / 2) : wanted, count);
  return Uint32Array.from({ length: n }, (_, i) => Math.floor((i * count) / n));
}

function lossBetween(
  model: Model,
  { labels }: Dataset,
  float32: Output,
  int8: Output,
): Pick<Int8Loss, "accuracy" | "difference"> {
  const { kind } = model.schema?.task ?? {};
  const isClasses = (kind === "classification" || kind === undefined) && labels.shape.length === 1;
  if (!isClasses) {
    const squares = float32.data.reduce((sum, y, i) => sum + (y - int8.data[i]!) ** 2, 0);
    return { difference: Math.sqrt(squares / float32.data.length) };
  }
  const limit = model.network.closing === "sigmoid" ? 0.5 : 0;
  const accuracy = ({ data, shape }: Output) => {
    const width = shape[1] ?? 1;
    const right = Array.from(labels.data).filter((label, i) => {
      const row = data.subarray(i * width, (i + 1) * width);
      return (width === 1 ? Number(row[0]! > limit) : row.indexOf(Math.max(...row))) === label;
    });
    return right.length / labels.shape[0]!;
  };
  return { accuracy: { float32: accuracy(float32), int8: accuracy(int8) } };
}

/** One line of what int8 costs. */
export function lossLine({ calibratedOn, measuredOn, accuracy, difference }: Int8Loss): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const what = accuracy
    ? `accuracy ${percent(accuracy.int8)}, ${percent(accuracy.float32)} in float32`
    : `outputs differ by ${Number(difference!.toPrecision(3))} from float32 (root mean square)`;
  return `int8      ${what}, on ${measuredOn} samples; ranges are those of ${calibratedOn} others`;
}
