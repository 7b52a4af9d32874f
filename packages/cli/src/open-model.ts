import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { FormatError, LoamError, load, type Model, type Precision } from "@loam/nn";
import { loadLessons } from "@loam/nn/io/lessons";
import { naming } from "./naming.js";

interface OpenOptions {
  threads?: "auto" | number;
  precision?: Precision;
}

/** Loads a model file for use, the lessons' `model.txt`, or an ONNX file. @throws {LoamError} with the file's name in its sentence. */
export async function openModel(path: string, options: OpenOptions): Promise<Model> {
  const loader = { ".txt": loadLessons, ".onnx": loadOnnx }[extname(path).toLowerCase()] ?? load;
  try {
    return await loader(path, options);
  } catch (error) {
    if (!(error instanceof LoamError) || error.message.includes(path)) throw error;
    throw new FormatError(error.code, `${path}: ${error.message}`, { file: path, cause: error });
  }
}

async function loadOnnx(path: string, options: OpenOptions): Promise<Model> {
  const { importOnnx } = await import("@loam/nn/io/onnx");
  return importOnnx(await naming(path, readFile(path)), options);
}
