import { readdir, stat } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { DataSource } from "../data-source.js";
import { loadTrainingData } from "../load-data.js";
import type { TrainingSettings } from "../network.js";
import type { LoadOptions, TrainingData } from "../training-data.js";

/** Bytes of data that a process keeps: all processes together an eighth of the memory at most. */
export const MOST_BYTES = Math.min(2 ** 29, totalmem() / 8 / availableParallelism());

/** Settings that no reader of data sees, as their types say. All others tell one piece of data from another. */
const NOT_OF_DATA: ReadonlySet<string> = new Set<Exclude<keyof TrainingSettings, keyof LoadOptions>>([
  ...(["model", "layers", "optimizer", "learningRate", "schedule", "warmup", "epochs", "batchSize"] as const),
  ...(["accumulate", "ema", "onNan", "dropout", "l2", "checkpointEvery", "threads", "precision"] as const),
  // What was said by these is in the source.
  ...(["out", "data", "dataDir", "testData"] as const),
]);

export interface DataCacheOptions {
  /** Bytes that are kept at most. */
  readonly most?: number;
  /** Has it elsewhere, by what tells it from other data. */
  readonly find?: (key: string) => Promise<TrainingData | undefined>;
}

interface Kept {
  readonly key: string;
  readonly data: TrainingData;
  readonly bytes: number;
}

/**
 * Data that was read, for the next trial that asks for the same: same files, unchanged since, and same settings as far as readers see them. What was not
 * asked for longest goes first.
 */
export class DataCache {
  readonly #most: number;
  readonly #find: NonNullable<DataCacheOptions["find"]>;
  /** The last used first. */
  #kept: readonly Kept[] = [];

  constructor({ most = MOST_BYTES, find = async () => undefined }: DataCacheOptions = {}) {
    this.#most = most;
    this.#find = find;
  }

  /** As `loadTrainingData`. Nobody may write into what it gives. */
  readonly load = async (source: DataSource, options: LoadOptions): Promise<TrainingData> => {
    const key = await keyOf(source, options);
    const known = this.#kept.find((one) => one.key === key);
    if (key === undefined) return loadTrainingData(source, options);
    const data = known?.data ?? (await this.#find(key)) ?? (await loadTrainingData(source, options));
    const first = known ?? { key, data, bytes: bytesOf(data) };
    let bytes = 0;
    this.#kept = [first, ...this.#kept.filter((one) => one !== first)].filter((one) => {
      bytes += one.bytes;
      return bytes <= this.#most;
    });
    return data;
  };
}

/** What tells data from other data; undefined where that cannot be said, as of what came from stdin. */
export async function keyOf(source: DataSource, options: LoadOptions): Promise<string | undefined> {
  const { testSource, onPicture: _, ...settings } = options;
  // Before it is read: what changes meanwhile is read again.
  const states = await Promise.all([source, ...(testSource ? [testSource] : [])].map(stateOf));
  if (states.includes(undefined)) return undefined;
  const seen = Object.entries(settings)
    .filter(([name, value]) => !NOT_OF_DATA.has(name) && value !== undefined)
    .filter(([name]) => name !== "seed" || isDrawn(source, options))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([states, seen]);
}

/** Whether a draw decides which samples there are, or how they look. The first so many are taken of what comes in no order. */
function isDrawn({ kind }: DataSource, { augment, folds, testSource }: LoadOptions): boolean {
  const isOrderless = kind === "digits" || kind === "mnist";
  return !isOrderless || augment !== undefined || folds !== undefined || testSource !== undefined;
}

/** Kind, place and state of the files of a source. */
async function stateOf(source: DataSource): Promise<string | undefined> {
  if (source.kind === "digits") return "digits";
  if (("bytes" in source && source.bytes) || ("table" in source && source.table?.bytes)) return undefined;
  const path = resolve("directory" in source ? source.directory : source.path);
  const files: string[] = [];
  const isKnown = await stateOfFiles(path, files).catch(() => false);
  return isKnown ? JSON.stringify([source.kind, path, files]) : undefined;
}

/** Notes each file below a path. @returns false for what leads elsewhere, where nobody follows it. */
async function stateOfFiles(path: string, files: string[]): Promise<boolean> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) {
    // Files of a set, by what their names begin with.
    const names = await readdir(dirname(path));
    const all = names.filter((name) => name.startsWith(basename(path))).sort();
    for (const name of all) await stateOfFiles(join(dirname(path), name), files);
    return all.length > 0;
  }
  if (!found.isDirectory()) {
    files.push(`${path} ${found.size} ${found.mtimeNs} ${found.ino}`);
    return true;
  }
  const entries = await readdir(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.isSymbolicLink()) return false;
    if (!(await stateOfFiles(join(path, entry.name), files))) return false;
  }
  return true;
}

/** The arrays' bytes, each array once. */
export function bytesOf({ training, validation, test, others = [] }: TrainingData): number {
  const buffers = new Set<ArrayBufferLike>();
  const datasets = [training, validation, test, ...others.flatMap((one) => [one.training, one.validation])];
  for (const part of datasets.flatMap((dataset) => Object.values(dataset ?? {}))) {
    const view: unknown = ArrayBuffer.isView(part) ? part : (part as { data?: unknown } | null)?.data;
    if (ArrayBuffer.isView(view)) buffers.add(view.buffer);
  }
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
