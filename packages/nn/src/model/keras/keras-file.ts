import { FormatError } from "../../errors.js";
import { Hdf5Error, readHdf5 } from "../../io/hdf5.js";
import { entriesOf, unpacked } from "../../io/zip-contents.js";
import type { Model } from "../model.js";
import { type ImportKerasOptions, kerasModel } from "./keras-model.js";

export type { ImportKerasOptions } from "./keras-model.js";

/** Deflate cannot shrink further than this; Keras packs nothing. */
const MAX_RATIO = 1032;

/**
 * A model of Keras 3 from a `.keras` file: it predicts, goes on training, and is saved as any other. Layers, how pictures lie, and what is not read, as
 * `importTfjs`. Weights are float16, 32 or 64.
 *
 * ```ts
 * const net = await importKeras(await readFile("model.keras"));
 * ```
 * @throws {ConfigError} `keras-unsupported` with all layers that there are none of here, before anything is made; `keras-input-shape`.
 * @throws {FormatError} `keras-damaged`, `keras-config`, `keras-weights`.
 */
export async function importKeras(bytes: Uint8Array, options: ImportKerasOptions = {}): Promise<Model> {
  const entries = entriesOf(bytes);
  if (typeof entries === "string") throw damaged(`the zip ${entries}`);
  const file = (name: string): Uint8Array => {
    const entry = entries.find((one) => one.name === name);
    if (!entry) throw damaged(`it has no ${name}`);
    const packed = entry.end - entry.start;
    if (
      entry.method === 0
        ? entry.size !== packed
        : entry.method !== 8 || entry.size > packed * MAX_RATIO + 1024
    )
      throw damaged(`${name} is not packed as the directory says`);
    const found = unpacked(bytes, entry);
    if (found instanceof Uint8Array) return found;
    throw typeof found === "string" ? damaged(found) : damaged(`${name} cannot be unpacked`, found);
  };
  let config: unknown;
  try {
    // A copy: a text may not be read from memory that threads share.
    config = JSON.parse(new TextDecoder().decode(file("config.json").slice()));
  } catch (cause) {
    throw cause instanceof FormatError ? cause : damaged("its config.json is no JSON", cause);
  }
  const weights = reading(() => readHdf5(file("model.weights.h5")));
  return kerasModel(
    config,
    ({ counted }, _, { direction, place }) => {
      const layer = counted.flatMap((one) => ["layers", one]);
      // A recurrent layer's weights are its cell's.
      const ways = direction ? [[`${direction}_layer`, "cell"]] : [[], ["cell"]];
      for (const way of ways) {
        const found = reading(() => weights([...layer, ...way, "vars", String(place)].join("/")));
        if (found) return found;
      }
      return undefined;
    },
    options,
  );
}

/** What the reader of HDF5 says, as an error of ours. */
function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof Hdf5Error ? damaged(`model.weights.h5 has ${cause.message}`, cause) : cause;
  }
}

function damaged(what: string, cause?: unknown): FormatError {
  return new FormatError(
    "keras-damaged",
    `keras: this is no whole .keras file of Keras 3: ${what}; save the model again.`,
    cause === undefined ? {} : { cause },
  );
}
