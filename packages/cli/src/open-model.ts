import { extname } from "node:path";
import { FormatError, LoamError, load, type Precision, type Sequential } from "@loam/nn";
import { loadLessons } from "@loam/nn/io/lessons";

/** Loads a model file for use, or the lessons' `model.txt`. @throws {LoamError} with the file's name in its sentence. */
export async function openModel(
  path: string,
  options: { threads?: "auto" | number; precision?: Precision },
): Promise<Sequential> {
  try {
    return await (extname(path).toLowerCase() === ".txt" ? loadLessons : load)(path, options);
  } catch (error) {
    if (!(error instanceof LoamError) || error.message.includes(path)) throw error;
    throw new FormatError(error.code, `${path}: ${error.message}`, { file: path, cause: error });
  }
}
