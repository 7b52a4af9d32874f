// Data in linear memory, each array in its own type, as programs gather batches from it.
import type { Scaling } from "../data/scaling.js";
import type { Lowering } from "../graph/op.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import type { Words } from "./words.js";

type Emit = Lowering["emit"];

/** Data that programs gather batches from: all of it in memory, or a part that moves through it. */
export interface LoadedData {
  /** Tells it from all others of its machine. */
  readonly id: number;
  readonly samples: number;
  /** Labels as a program sees them: class indices, or numbers; and one sample's shape. */
  readonly labels: { readonly type: "u32" | "f32"; readonly shape: Shape };
  /** Whether each sample has a weight, a float32. */
  readonly weighted: boolean;
  /** Emits the instructions that gather the next `batch` samples, in the order at `order`, to these addresses. */
  gather(
    emit: Emit,
    to: Omit<DataPlaces, "indices">,
    batch: number,
    order: "shuffled" | "given",
    position: number,
  ): void;
  /** The order of the next pass: `indices`, which becomes the shuffled one, or the given one; it goes up to place `end`. */
  beginPass(indices?: Uint32Array, end?: number): void | Promise<void>;
  /** How many samples from this place of the order on are in memory, once they are; `words` then say where the next batch begins. */
  ready(place: number, words: Words): number | Promise<number>;
}

/** The types of a data set's arrays in memory, and the shapes of one sample. */
export interface DataKind {
  readonly inputs: readonly { readonly type: "u8" | "f32"; readonly shape: Shape }[];
  readonly labels: { readonly type: "u8" | "u32" | "f32"; readonly shape: Shape };
  readonly scaling: Scaling;
  readonly weighted: boolean;
}

/** Addresses of arrays, and of the u32s by which samples are picked. */
export interface DataPlaces {
  readonly inputs: readonly number[];
  readonly labels: number;
  /** Of data that is weighted. */
  readonly weights?: number | undefined;
  readonly indices: number;
}

/** What `gather` of a `LoadedData` emits; `put` brings the scaling's numbers into memory. */
export async function gathering(
  { inputs, labels, scaling }: DataKind,
  put: (data: ArrayBufferView) => Promise<number>,
) {
  const putEach = async (numbers: readonly number[] | undefined) =>
    numbers ? await put(Float32Array.from(numbers)) : 0;
  const byFeature = "scale" in scaling ? scaling : undefined;
  const plain = { scale: 1, shift: 0, featureCenter: 0, featureScale: 0, featureShift: 0 };
  const scaled = {
    scale: scaling.kind === "divide" ? 1 / scaling.by : 1,
    shift: 0,
    featureScale: await putEach(byFeature?.scale),
    featureShift: await putEach(byFeature?.shift),
    featureCenter: await putEach(scaling.kind === "standard" ? scaling.center : undefined),
  };
  return (
    emit: Emit,
    from: DataPlaces,
    to: Omit<DataPlaces, "indices">,
    batch: number,
    position: number,
  ): void => {
    const common = { indices: from.indices, position, batch };
    inputs.forEach(({ type, shape }, i) => {
      const moved = { ...common, y: to.inputs[i]!, x: from.inputs[i]!, features: sizeOf(shape) };
      emit(type === "f32" ? "gather_f32" : "gather_u8", { ...moved, ...scaled });
    });
    const moved = { ...common, y: to.labels, x: from.labels, features: sizeOf(labels.shape) };
    if (labels.type === "f32") emit("gather_f32", { ...moved, ...plain });
    else emit(labels.type === "u8" ? "gather_labels_u8" : "gather_u32", moved);
    if (from.weights !== undefined)
      emit("gather_f32", { ...common, y: to.weights!, x: from.weights, features: 1, ...plain });
  };
}

/** Labels of bytes are class indices as well, and leave the gather as such. */
export function labelsOf({ labels: { type, shape } }: DataKind): LoadedData["labels"] {
  return { type: type === "f32" ? "f32" : "u32", shape };
}
