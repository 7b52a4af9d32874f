import { PlatformError } from "../errors.js";
import type { Model } from "./model.js";
import { type LoadOptions, modelOf, saveModel } from "./model-file.js";

/** The only store of the database: bytes by name. */
const FILES = "files";

/**
 * Models and checkpoints in a browser's IndexedDB, by name, where they stay when the page is closed, and are seen by all pages of its origin.
 *
 * ```ts
 * const storage = indexedDBStorage();
 * await storage.save(model, "gestures");
 * const again = await storage.load("gestures");
 *
 * const from = await storage.read("run");
 * const checkpoint = checkpoints({ to: (bytes) => storage.write("run", bytes), ...(from && { from }) });
 * ```
 * Each is written whole or not at all. They are the bytes of `saveModel` and of checkpoint files.
 */
export interface IndexedDBStorage {
  /** Keeps a model, in place of what had the name. @throws {PlatformError} `storage-full`, `storage-failed`, `no-indexed-db` */
  save(model: Model, name: string): Promise<void>;
  /** Makes a model of what is kept. @throws {PlatformError} `storage-missing` where there is none of the name; and what `loadModel` throws. */
  load(name: string, options?: LoadOptions): Promise<Model>;
  /** Keeps bytes, such as a checkpoint's. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** What is kept under a name; undefined where there is nothing. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** The names, in order. */
  list(): Promise<string[]>;
  /** Forgets what has the name, if anything has. */
  remove(name: string): Promise<void>;
}

/** The storage of a database, which is made when something is first asked of it. */
export function indexedDBStorage(database = "loam"): IndexedDBStorage {
  /** What a request on the files gives, when its transaction is over. */
  const ask = async <R>(
    mode: IDBTransactionMode,
    name: string,
    request: (files: IDBObjectStore) => IDBRequest<R>,
  ): Promise<R> => {
    const opened = await open(database);
    try {
      const transaction = opened.transaction(FILES, mode);
      const asked = request(transaction.objectStore(FILES));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
        transaction.onerror = () => reject(transaction.error);
      });
      return asked.result;
    } catch (cause) {
      throw failure(name, cause);
    } finally {
      opened.close();
    }
  };
  const write = async (name: string, bytes: Uint8Array) => {
    // A copy of its own: a view would be kept with all of the memory behind it.
    await ask("readwrite", name, (files) => files.put(bytes.slice(), name));
  };
  const read = (name: string): Promise<Uint8Array | undefined> =>
    ask("readonly", name, (files) => files.get(name));
  return {
    save: async (model, name) => write(name, await saveModel(model)),
    async load(name, options = {}) {
      const bytes = await read(name);
      if (bytes) return modelOf(bytes, options, name);
      throw new PlatformError(
        "storage-missing",
        `${name}: nothing of this name is kept in "${database}"; list says what is.`,
      );
    },
    write,
    read,
    list: async () => (await ask("readonly", database, (files) => files.getAllKeys())) as string[],
    async remove(name) {
      await ask("readwrite", name, (files) => files.delete(name));
    },
  };
}

function open(database: string): Promise<IDBDatabase> {
  const { indexedDB } = globalThis;
  if (!indexedDB) {
    throw new PlatformError(
      "no-indexed-db",
      `${database}: there is no IndexedDB here, which browsers have; save to a file.`,
    );
  }
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(FILES);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failure(database, request.error));
  });
}

function failure(name: string, cause: unknown): PlatformError {
  const { name: kind, message } = (cause ?? {}) as { readonly name?: string; readonly message?: string };
  if (cause instanceof PlatformError) return cause;
  if (kind === "QuotaExceededError") {
    return new PlatformError("storage-full", `${name}: the browser has no more room for this page's data.`, {
      cause,
    });
  }
  return new PlatformError(
    "storage-failed",
    `${name}: IndexedDB said no: ${message ?? "it gave no reason"}.`,
    {
      cause,
    },
  );
}
