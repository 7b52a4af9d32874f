import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import {
  gunzip,
  type Inputs,
  idxBytes,
  LoamError,
  type Model,
  readIdxImages,
  type Shape,
  ShapeError,
} from "@loam/nn";
import { readCsv } from "@loam/nn/data/csv";
import { decodePicture, isGrey, isPicture, pictureInputs } from "@loam/nn/data/images";
import { readPngDigit } from "@loam/nn/data/png";
import { isTableName, isTextName } from "./data-source.js";
import { naming } from "./naming.js";

/** One file's samples, raw: the model scales them itself. */
export interface FileInputs {
  readonly file: string;
  readonly inputs: Inputs;
  /** Whether this is a picture without colours, for a network that looks at these. */
  readonly lacksColour?: boolean;
}

/** Endings of pictures; what a file really is, its bytes say. */
const PICTURES: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"]);

/** Whether a file's name is that of a picture. */
export function isPictureName(path: string): boolean {
  return PICTURES.has(extname(path).toLowerCase());
}

const PICTURE: Shape = [1, 28, 28];

/**
 * Reads what is to be predicted by a model that knows no names of columns: a picture as the model has learnt to see it, by default a PNG drawing
 * of a digit; a table with or without its column of labels, or a file of IDX images.
 * @throws {LoamError} when the file is not what its format says, or its samples do not fit the model.
 */
export async function readInputs(
  file: string,
  { inputShape, schema }: Pick<Model, "inputShape" | "schema">,
): Promise<FileInputs> {
  const bytes = new Uint8Array(await naming(file, readFile(file)));
  const ending = extname(file).toLowerCase();
  const image = schema?.input.kind === "image" ? schema.input : undefined;
  if (image?.fit === "resize" && (isPicture(bytes) || isPictureName(file) || isTextName(file))) {
    const { height, width, channels } = image;
    const picture = decodePicture(bytes, file);
    const data = pictureInputs(picture, image);
    const inputs = fitted(file, { data, shape: [1, channels, height, width] }, inputShape);
    return { file, inputs, lacksColour: channels === 3 && isGrey(picture) };
  }
  if (ending === ".png")
    return {
      file,
      inputs: fitted(file, { data: readPngDigit(bytes, file), shape: [1, ...PICTURE] }, inputShape),
    };
  if (isTableName(file))
    return { file, inputs: fitted(file, readTable(bytes, file, inputShape), inputShape) };
  return { file, inputs: fitted(file, readIdxImages(await gunzip(bytes, file, idxBytes), file), inputShape) };
}

/** A table's values: all columns when there are as many as the model has inputs, else all but the column of labels, the first. */
function readTable(bytes: Uint8Array, file: string, inputShape: Shape): Inputs {
  const { inputs, labels } = tableOf(bytes, file);
  const [rows = 0, columns = 0] = inputs.shape;
  if (columns + 1 !== sizeOf(inputShape)) return inputs;
  const data = new Float32Array(rows * (columns + 1));
  for (let row = 0; row < rows; row++) {
    data[row * (columns + 1)] = labels.data[row]!;
    data.set(inputs.data.subarray(row * columns, (row + 1) * columns), row * (columns + 1) + 1);
  }
  return { data, shape: [rows, columns + 1] };
}

/** The first column is a label or a value, which only the number of columns tells: numbers are read as values, words as classes. */
function tableOf(bytes: Uint8Array, file: string): ReturnType<typeof readCsv> {
  const options = { name: file, scaling: "none" } as const;
  try {
    return readCsv(bytes, { ...options, labels: "values" });
  } catch (error) {
    if (!(error instanceof LoamError)) throw error;
    return readCsv(bytes, options);
  }
}

/** Gives samples the model's shape where the number of values agrees. @throws {ShapeError} `input-shape` */
export function fitted(file: string, inputs: Inputs, inputShape: Shape): Inputs {
  const [samples = 0, ...sample] = inputs.shape;
  if (sizeOf(sample) === sizeOf(inputShape)) return { data: inputs.data, shape: [samples, ...inputShape] };
  throw new ShapeError(
    "input-shape",
    `${file}: the model expects samples of shape [${inputShape.join(", ")}], got [${sample.join(", ")}].`,
  );
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
