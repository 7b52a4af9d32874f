import type { Dataset } from "../data/dataset.js";
import type { Lowering } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import type { Machine } from "./machine.js";

/** A dataset in linear memory, each array in its own type, with two orders to go through it. */
export interface LoadedData {
  readonly samples: number;
  /** Emits the instructions that gather the next `batch` samples, in the order at `order`, to the two addresses. */
  gather(
    emit: Lowering["emit"],
    to: { inputs: number; labels: number },
    batch: number,
    order: "shuffled" | "given",
    position: number,
  ): void;
  setOrder(indices: Uint32Array): Promise<void>;
}

/** Keeps datasets in memory for as long as the engine lives, each only once. */
export class DataStore {
  readonly #machine: Machine;
  readonly #loaded = new WeakMap<Dataset, Promise<LoadedData>>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  load(dataset: Dataset): Promise<LoadedData> {
    let loaded = this.#loaded.get(dataset);
    if (!loaded) {
      loaded = this.#load(dataset);
      this.#loaded.set(dataset, loaded);
    }
    return loaded;
  }

  async #load({ inputs, labels, scaling }: Dataset): Promise<LoadedData> {
    const { engine } = this.#machine;
    const put = async (data: ArrayBufferView): Promise<number> => {
      const address = await engine.allocate(data.byteLength);
      await engine.write(address, data);
      return address;
    };
    const samples = inputs.shape[0]!;
    const features = sizeOf(inputs.shape.slice(1));
    const outputs = sizeOf(labels.shape.slice(1));
    const x = await put(inputs.data);
    const t = await put(labels.data);
    const given = await put(Uint32Array.from({ length: samples }, (_, i) => i));
    const shuffled = await engine.allocate(4 * samples);
    const scale = scaling.kind === "divide" ? 1 / scaling.by : 1;
    const [featureScale, featureShift] =
      scaling.kind === "features"
        ? [await put(Float32Array.from(scaling.scale)), await put(Float32Array.from(scaling.shift))]
        : [0, 0];
    const labelInstruction =
      labels.data instanceof Uint8Array
        ? "gather_labels_u8"
        : labels.data instanceof Uint32Array
          ? "gather_u32"
          : "gather_f32";
    return {
      samples,
      setOrder: (indices) => engine.write(shuffled, indices),
      gather(emit, to, batch, order, position) {
        const indices = order === "given" ? given : shuffled;
        const plain = { scale: 1, shift: 0, featureScale: 0, featureShift: 0 };
        emit(inputs.data instanceof Uint8Array ? "gather_u8" : "gather_f32", {
          y: to.inputs,
          x,
          indices,
          position,
          batch,
          features,
          scale,
          shift: 0,
          featureScale,
          featureShift,
        });
        const common = { y: to.labels, x: t, indices, position, batch, features: outputs };
        emit(labelInstruction, labelInstruction === "gather_f32" ? { ...common, ...plain } : common);
      },
    };
  }
}

/** A dataset's labels as a program sees them: class indices, or rows of numbers. */
export function labelType({ labels }: Dataset): "u32" | "f32" {
  return labels.data instanceof Float32Array ? "f32" : "u32";
}
