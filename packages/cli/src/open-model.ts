import { FormatError, LoamError, load, type Precision, type Sequential } from "@loam/nn";

/** Loads a model file for use. @throws {LoamError} with the file's name in its sentence. */
export async function openModel(
  path: string,
  options: { threads?: "auto" | number; precision?: Precision },
): Promise<Sequential> {
  try {
    return await load(path, options);
  } catch (error) {
    if (!(error instanceof LoamError) || error.message.includes(path)) throw error;
    throw new FormatError(error.code, `${path}: ${error.message}`, { file: path, cause: error });
  }
}
