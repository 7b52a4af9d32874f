import { lstat, readFile, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { FormatError, LoamError, load, type Model, PlatformError, type Precision } from "@loam/nn";
import { loadLessons } from "@loam/nn/io/lessons";
import { naming } from "./naming.js";

interface OpenOptions {
  threads?: "auto" | number;
  precision?: Precision;
}

/** A run's folder stands for the model in it. */
async function modelIn(path: string): Promise<string> {
  const inside = join(path, "model.safetensors");
  const isFile = await stat(inside).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? inside : path;
}

/** Loads a model file for use, or that of a run's folder, the lessons' `model.txt`, an ONNX file, a `.keras` file, or a `model.json` of TensorFlow.js. @throws {LoamError} with the file's name in its sentence. */
export async function openModel(given: string, options: OpenOptions): Promise<Model> {
  const path = await modelIn(given);
  const loader =
    { ".txt": loadLessons, ".onnx": loadOnnx, ".json": loadTfjs, ".keras": loadKeras }[
      extname(path).toLowerCase()
    ] ?? load;
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

async function loadTfjs(path: string, options: OpenOptions): Promise<Model> {
  const { importTfjs } = await import("@loam/nn/io/tfjs");
  const json = await naming(path, readFile(path, "utf8"));
  const weights = async (name: string) => {
    // As with a model.txt: what a stranger's file names is no link, device or pipe.
    const beside = join(dirname(path), name);
    if (!(await naming(beside, lstat(beside))).isFile())
      throw new PlatformError("file-unreadable", `${path}: ${name} beside it is no regular file.`, {
        file: path,
      });
    return naming(beside, readFile(beside));
  };
  return importTfjs({ json, weights }, options);
}

async function loadKeras(path: string, options: OpenOptions): Promise<Model> {
  const { importKeras } = await import("@loam/nn/io/keras");
  return importKeras(await naming(path, readFile(path)), options);
}
