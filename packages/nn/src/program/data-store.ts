import type { Dataset } from "../data/dataset.js";
import type { Lowering } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import type { Machine } from "./machine.js";
import { Queue } from "./queue.js";

/** A dataset in linear memory, each array in its own type, with two orders to go through it. */
export interface LoadedData {
  /** Tells it from all others of its machine. */
  readonly id: number;
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

/** A dataset in memory, who uses it, and where it lies, to find out whether another has the same values. */
interface Kept {
  /** Types, shapes and scaling. */
  readonly kind: string;
  readonly inputs: number;
  readonly labels: number;
  readonly blocks: readonly number[];
  readonly bytes: number;
  readonly data: LoadedData;
  users: number;
}

/** How many datasets stay that nobody uses: the two parts of a split, a few folds. */
const KEPT = 16;
/** How many bytes those may have together; the last two stay whatever their size, since a fit has two parts. */
const KEPT_BYTES = 64 * 1024 * 1024;
const ALWAYS_KEPT = 2;

/**
 * Keeps the datasets that are in use in memory, and the last ones that were, each only once: also one that is made anew of the same values, as
 * every `fit` with a `validationSplit` does. The memory of the others goes back to the machine's pool.
 */
export class DataStore {
  readonly #machine: Machine;
  readonly #onRelease: (data: LoadedData) => void;
  readonly #loaded = new WeakMap<Dataset, Kept>();
  /** The last used first. */
  #kept: readonly Kept[] = [];
  /** One is brought in at a time, so that none is there twice. */
  readonly #loading = new Queue();
  #nextId = 0;

  /** `onRelease` hears of data before its memory is given back: no program on it will run again. */
  constructor(machine: Machine, onRelease: (data: LoadedData) => void = () => {}) {
    this.#machine = machine;
    this.#onRelease = onRelease;
  }

  /** What `work` makes of the dataset in memory, which stays there while it runs. */
  async use<R>(dataset: Dataset, work: (data: LoadedData) => Promise<R>): Promise<R> {
    const kept = await this.#loading.run(async () => {
      const known = this.#loaded.get(dataset);
      const there = known !== undefined && this.#kept.includes(known);
      // Counted before another that ends can have it go.
      if (there) known.users++;
      const found = there ? known : await this.#find(dataset);
      this.#loaded.set(dataset, found);
      this.#kept = [found, ...this.#kept.filter((one) => one !== found)];
      return found;
    });
    try {
      return await work(kept.data);
    } finally {
      kept.users--;
      this.#trim();
    }
  }

  /** Lets those go that nobody uses and that are beyond what is kept. */
  #trim(): void {
    let bytes = 0;
    this.#kept = this.#kept.filter((one, i) => {
      if (one.users > 0) return true;
      bytes += one.bytes;
      if (i < ALWAYS_KEPT || (i < KEPT && bytes <= KEPT_BYTES)) return true;
      this.#onRelease(one.data);
      for (const block of one.blocks) this.#machine.free(block);
      return false;
    });
  }

  /** The dataset, with its caller counted as a user: one in memory that has the same values, or a new one. */
  async #find({ inputs, labels, scaling }: Dataset): Promise<Kept> {
    const inputInstruction = inputs.data instanceof Float32Array ? "gather_f32" : "gather_u8";
    const labelInstruction =
      labels.data instanceof Uint8Array
        ? "gather_labels_u8"
        : labels.data instanceof Uint32Array
          ? "gather_u32"
          : "gather_f32";
    const kind = JSON.stringify([inputInstruction, inputs.shape, labelInstruction, labels.shape, scaling]);
    for (const known of this.#kept) {
      if (known.kind !== kind || !this.#kept.includes(known)) continue;
      known.users++;
      try {
        // Labels first: they are few, and mostly tell.
        if ((await this.#holds(known.labels, labels.data)) && (await this.#holds(known.inputs, inputs.data)))
          return known;
      } catch (error) {
        known.users--;
        throw error;
      }
      known.users--;
    }
    const machine = this.#machine;
    const blocks: number[] = [];
    let bytes = 0;
    const put = async (data: ArrayBufferView): Promise<number> => {
      const address = await machine.allocate(data.byteLength);
      blocks.push(address);
      bytes += data.byteLength;
      await machine.engine.write(address, data);
      return address;
    };
    const samples = inputs.shape[0]!;
    const features = sizeOf(inputs.shape.slice(1));
    const outputs = sizeOf(labels.shape.slice(1));
    const x = await put(inputs.data);
    const t = await put(labels.data);
    const given = await put(Uint32Array.from({ length: samples }, (_, i) => i));
    const shuffled = await put(new Uint32Array(samples));
    const scale = scaling.kind === "divide" ? 1 / scaling.by : 1;
    const putEach = async (numbers: readonly number[] | undefined) =>
      numbers ? await put(Float32Array.from(numbers)) : 0;
    const byFeature = "scale" in scaling ? scaling : undefined;
    const featureScale = await putEach(byFeature?.scale);
    const featureShift = await putEach(byFeature?.shift);
    const featureCenter = await putEach(scaling.kind === "standard" ? scaling.center : undefined);
    const data: LoadedData = {
      id: this.#nextId++,
      samples,
      setOrder: (indices) => machine.engine.write(shuffled, indices),
      gather(emit, to, batch, order, position) {
        const indices = order === "given" ? given : shuffled;
        const common = { indices, position, batch };
        const plain = { scale: 1, shift: 0, featureCenter: 0, featureScale: 0, featureShift: 0 };
        const scaled = { ...plain, scale, featureCenter, featureScale, featureShift };
        emit(inputInstruction, { ...common, y: to.inputs, x, features, ...scaled });
        const taken = { ...common, y: to.labels, x: t, features: outputs };
        emit(labelInstruction, labelInstruction === "gather_f32" ? { ...taken, ...plain } : taken);
      },
    };
    return { kind, inputs: x, labels: t, blocks, bytes, data, users: 1 };
  }

  async #holds(address: number, data: ArrayBufferView): Promise<boolean> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const there = await this.#machine.engine.read(address, bytes.length);
    for (let i = 0; i < bytes.length; i++) if (there[i] !== bytes[i]) return false;
    return true;
  }
}

/** A dataset's labels as a program sees them: class indices, or rows of numbers. */
export function labelType({ labels }: Dataset): "u32" | "f32" {
  return labels.data instanceof Float32Array ? "f32" : "u32";
}
