import { platform } from "#platform";
import type { Model } from "./model.js";
import { type LoadOptions, modelOf, saveModel } from "./model-file.js";

/** Writes a model to a file, whole or not at all. @throws {PlatformError} `file-unwritable`, also in a browser: use `saveModel` there. */
export async function save(model: Model, path: string): Promise<void> {
  await platform.writeFile(path, await saveModel(model));
}

/** Reads a model from a file (in a browser: from an address). @throws as `loadModel` does, and {PlatformError}. */
export async function load(path: string, options: LoadOptions = {}): Promise<Model> {
  return modelOf(await platform.readFile(path), options, path);
}
