import type { CheckedSource, CheckedValues } from "../data/batch-source.js";
import type { Shape } from "../graph/shape.js";
import { sizeOf } from "../graph/shape.js";
import { type DataKind, gathering, type LoadedData, labelsOf } from "./loaded-data.js";
import type { Machine } from "./machine.js";
import type { Words } from "./words.js";

/** How many bytes are read at once, if they hold a batch: some steps of a small network, which then run in one go. */
const READ_BYTES = 4 * 1024 * 1024;
/** What there is of no source. */
const NONE = { start: 0, count: 0 };

/** Samples that are read but not yet wanted. */
interface Ahead {
  readonly count: number;
  readonly values: Promise<CheckedValues>;
}

/** How many samples of a source a window holds: whole batches. */
export function windowSize({ inputs, labels, samples, weighted }: CheckedSource, batch: number): number {
  const bytes = [...inputs, labels].reduce(
    (total, { type, shape }) => total + sizeOf(shape) * (type === "u8" ? 1 : 4),
    weighted ? 4 : 0,
  );
  const batches = Math.floor(READ_BYTES / (batch * bytes));
  return batch * Math.max(1, Math.min(batches, Math.ceil(samples / batch)));
}

/**
 * A window in memory through which a source's samples pass in the order of an epoch. While programs run on what is in it, what comes next is
 * read, so that there are at most two windows' values at once. Each use opens and closes it.
 */
export class StreamedData implements LoadedData {
  #source: CheckedSource | undefined;
  #stop = new AbortController();
  #order: Uint32Array | undefined;
  #end = 0;
  /** The places of the order that are in the window. */
  #there = NONE;
  #ahead: Ahead | undefined;

  private constructor(
    readonly id: number,
    readonly kind: DataKind,
    readonly size: number,
    readonly blocks: readonly number[],
    readonly bytes: number,
    readonly gather: LoadedData["gather"],
    readonly write: (values: CheckedValues) => Promise<void>,
  ) {}

  /** A window of `size` samples of a kind. */
  static async create(machine: Machine, id: number, kind: DataKind, size: number): Promise<StreamedData> {
    const blocks: number[] = [];
    let bytes = 0;
    const room = async (size: number): Promise<number> => {
      const address = await machine.allocate(size);
      blocks.push(address);
      bytes += size;
      return address;
    };
    const put = async (data: ArrayBufferView): Promise<number> => {
      const address = await room(data.byteLength);
      await machine.engine.write(address, data);
      return address;
    };
    const roomOf = ({ type, shape }: { type: "u8" | "u32" | "f32"; shape: Shape }) =>
      room(size * sizeOf(shape) * (type === "u8" ? 1 : 4));
    const inputs: number[] = [];
    for (const part of kind.inputs) inputs.push(await roomOf(part));
    const labels = await roomOf(kind.labels);
    const weights = kind.weighted ? await roomOf({ type: "f32", shape: [] }) : undefined;
    // In the window, samples already lie in the order in which they are wanted.
    const indices = await put(Uint32Array.from({ length: size }, (_, i) => i));
    const emitGather = await gathering(kind, put);
    const from = { inputs, labels, weights, indices };
    return new StreamedData(
      ...([id, kind, size, blocks, bytes] as const),
      (emit, to, batch, _, position) => emitGather(emit, from, to, batch, position),
      async (values) => {
        for (const [i, data] of values.inputs.entries()) await machine.engine.write(inputs[i]!, data);
        await machine.engine.write(labels, values.labels);
        if (weights !== undefined) await machine.engine.write(weights, values.weights!);
      },
    );
  }

  get labels(): LoadedData["labels"] {
    return labelsOf(this.kind);
  }

  get weighted(): boolean {
    return this.kind.weighted;
  }

  get samples(): number {
    return this.#source!.samples;
  }

  /** What `work` makes of a source of the window's kind. No read is going on when it is done. */
  async use<R>(source: CheckedSource, signal: AbortSignal | undefined, work: () => Promise<R>): Promise<R> {
    this.#source = source;
    this.#stop = new AbortController();
    const stop = () => this.#stop.abort(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    try {
      return await work();
    } finally {
      signal?.removeEventListener("abort", stop);
      stop();
      await this.#forget();
      this.#source = undefined;
    }
  }

  async beginPass(indices?: Uint32Array, end = this.samples): Promise<void> {
    await this.#forget();
    this.#order = indices;
    this.#end = end;
    this.#there = NONE;
  }

  ready(place: number, words: Words): number | Promise<number> {
    const { start, count } = this.#there;
    return place >= start && place < start + count ? start + count - place : this.#move(place, words);
  }

  async #move(place: number, words: Words): Promise<number> {
    const { values, count } = this.#ahead ?? this.#read(place);
    this.#ahead = undefined;
    await this.write(await values);
    this.#there = { start: place, count };
    await words.setPosition(0);
    const next = place + count;
    if (next < this.#end) {
      this.#ahead = this.#read(next);
      // What is wrong with these is told when it is their turn.
      this.#ahead.values.catch(() => undefined);
    }
    return count;
  }

  #read(place: number): Ahead {
    const count = Math.min(this.size, this.#end - place);
    const indices =
      this.#order?.slice(place, place + count) ?? Uint32Array.from({ length: count }, (_, i) => place + i);
    return { count, values: this.#source!.read(indices, this.#stop.signal) };
  }

  /** Waits for what was read for nobody; that it could not be is nobody's concern. */
  async #forget(): Promise<void> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    await ahead?.values.catch(() => undefined);
  }
}
