import { deserialize, serialize } from "node:v8";
import type { DataSource } from "../data-source.js";
import { loadTrainingData } from "../load-data.js";
import type { LoadOptions, TrainingData } from "../training-data.js";
import { bytesOf, keyOf, MOST_BYTES } from "./data-cache.js";

/** What a sweep has read to look at it, packed for its processes, which would otherwise each read it again. */
export class SharedData {
  readonly #most: number;
  readonly #packed = new Map<string, Uint8Array>();

  constructor(most: number = MOST_BYTES) {
    this.#most = most;
  }

  /** As `loadTrainingData`; keeps it where it is plain data, and not too much. */
  readonly load = async (source: DataSource, options: LoadOptions): Promise<TrainingData> => {
    const key = await keyOf(source, options);
    const data = await loadTrainingData(source, options);
    if (key !== undefined && bytesOf(data) <= this.#most && isPlain(data))
      this.#packed.set(key, serialize(data));
    return data;
  };

  /** What `unpacked` takes, by the key of a `DataCache`. */
  find(key: string): Uint8Array | undefined {
    return this.#packed.get(key);
  }
}

/** What a `SharedData` found, as it was read; undefined where it found nothing. */
export function unpacked(found: unknown): TrainingData | undefined {
  return found instanceof Uint8Array ? (deserialize(found) as TrainingData) : undefined;
}

/** Whether all of a value comes through packing: instances of classes, functions and what is read when it is asked for do not. */
export function isPlain(value: unknown): boolean {
  if (value === null || typeof value !== "object") return !/^(function|symbol)$/.test(typeof value);
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer;
  if (Array.isArray(value)) return value.every(isPlain);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(
    (one) => one.enumerable === true && "value" in one && isPlain(one.value),
  );
}
