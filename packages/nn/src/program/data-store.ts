import { type CheckedSource, isWeighted } from "../data/batch-source.js";
import type { Dataset } from "../data/dataset.js";
import { quickFingerprints } from "../data/quick-fingerprint.js";
import { type DataKind, gathering, type LoadedData, labelsOf } from "./loaded-data.js";
import type { Machine } from "./machine.js";
import { Queue } from "./queue.js";
import { StreamedData, windowSize } from "./streamed-data.js";

/** A dataset in memory, or a window for sources, and who uses it. */
interface Kept {
  /** Types, shapes and scaling. */
  readonly kind: string;
  readonly blocks: readonly number[];
  readonly bytes: number;
  readonly data: LoadedData;
  users: number;
}

/** A dataset, and where it lies, to find out whether another has the same values. */
interface KeptDataset extends Kept {
  readonly inputs: number;
  readonly labels: number;
  readonly weights: number | undefined;
}

interface KeptWindow extends Kept {
  readonly data: StreamedData;
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
  /** Where a dataset lies, and what told its values then: they may be changed in place. */
  readonly #loaded = new WeakMap<Dataset, { readonly kept: KeptDataset; readonly mark: string }>();
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
      const loaded = this.#loaded.get(dataset);
      const mark = quickFingerprints(dataset).join();
      const known = loaded?.mark === mark ? loaded.kept : undefined;
      const there = known !== undefined && this.#kept.includes(known);
      // Counted before another that ends can have it go.
      if (there) known.users++;
      const found = there ? known : await this.#find(dataset);
      this.#loaded.set(dataset, { kept: found, mark });
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

  /** What `work` makes of a source that is read in batches of this size; `signal` says that it will soon be done. */
  async stream<R>(
    source: CheckedSource,
    batch: number,
    signal: AbortSignal | undefined,
    work: (data: LoadedData) => Promise<R>,
  ): Promise<R> {
    const size = windowSize(source, batch);
    const { inputs, labels, scaling } = source;
    const kind: DataKind = { inputs, labels, scaling, weighted: isWeighted(source) };
    const key = JSON.stringify(["window", size, kind]);
    const kept = await this.#loading.run(async () => {
      const idle = this.#kept.find(
        (one): one is KeptWindow => one.data instanceof StreamedData && one.kind === key && one.users === 0,
      );
      if (idle) idle.users++;
      const data = idle?.data ?? (await StreamedData.create(this.#machine, this.#nextId++, kind, size));
      const { blocks, bytes } = data;
      const found = idle ?? { kind: key, blocks, bytes, data, users: 1 };
      this.#kept = [found, ...this.#kept.filter((one) => one !== found)];
      return found;
    });
    try {
      return await kept.data.use(source, signal, () => work(kept.data));
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
  async #find(dataset: Dataset): Promise<KeptDataset> {
    const { inputs, labels, weights } = dataset;
    const kind = kindOf(dataset);
    const samples = inputs.shape[0]!;
    const key = JSON.stringify([samples, kind]);
    for (const known of this.#kept) {
      if (known.kind !== key || !isDataset(known) || !this.#kept.includes(known)) continue;
      known.users++;
      try {
        // Labels first: they are few, and mostly tell.
        if (
          (await this.#holds(known.labels, labels.data)) &&
          (!weights || (await this.#holds(known.weights!, weights))) &&
          (await this.#holds(known.inputs, inputs.data))
        )
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
    const x = await put(inputs.data);
    const t = await put(labels.data);
    const w = weights && (await put(weights));
    const given = await put(Uint32Array.from({ length: samples }, (_, i) => i));
    const shuffled = await put(new Uint32Array(samples));
    const emitGather = await gathering(kind, put);
    const data: LoadedData = {
      id: this.#nextId++,
      samples,
      labels: labelsOf(kind),
      weighted: kind.weighted,
      beginPass: (indices) => (indices ? machine.engine.write(shuffled, indices) : undefined),
      ready: (place) => samples - place,
      gather(emit, to, batch, order, position) {
        const from = { inputs: [x], labels: t, weights: w, indices: order === "given" ? given : shuffled };
        emitGather(emit, from, to, batch, position);
      },
    };
    return { kind: key, inputs: x, labels: t, weights: w, blocks, bytes, data, users: 1 };
  }

  async #holds(address: number, data: ArrayBufferView): Promise<boolean> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const there = await this.#machine.engine.read(address, bytes.length);
    for (let i = 0; i < bytes.length; i++) if (there[i] !== bytes[i]) return false;
    return true;
  }
}

function isDataset(kept: Kept): kept is KeptDataset {
  return "labels" in kept;
}

function kindOf({ inputs, labels, scaling, weights }: Dataset): DataKind {
  const ofLabels =
    labels.data instanceof Uint8Array ? "u8" : labels.data instanceof Uint32Array ? "u32" : "f32";
  return {
    inputs: [{ type: inputs.data instanceof Float32Array ? "f32" : "u8", shape: inputs.shape.slice(1) }],
    labels: { type: ofLabels, shape: labels.shape.slice(1) },
    scaling,
    weighted: weights !== undefined,
  };
}
