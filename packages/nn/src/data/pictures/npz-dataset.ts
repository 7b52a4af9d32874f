import { DataError, FormatError } from "../../errors.js";
import type { NpyArray } from "../../io/npy.js";
import { decodeNpz } from "../../io/npz.js";
import { findArray, INPUT_NAMES, LABEL_NAMES, PART_NAMES } from "../array-names.js";
import { channelOrder, channelsFirst } from "../channel-order.js";
import type { Dataset } from "../dataset.js";
import { byteScaling, maximumScaling } from "../scaling.js";
import { pictureSchema } from "./image-folder.js";

/** What a file of arrays holds. */
export interface NpzDataset {
  readonly training: Dataset;
  readonly test?: Dataset;
}

/**
 * Reads a .npz of NumPy that holds inputs x and labels y, or x_train, y_train, x_test and y_test, as Keras' files do, or train_images and the like.
 * Inputs [n, values], or pictures [n, height, width] or with channels first or last; whole numbers from 0 to 255 are kept as bytes. Labels
 * are whole numbers from 0 below n, [n] or [n, 1]; any others are numbers to be predicted.
 * @throws {FormatError} `npz-arrays`, `channels-ambiguous`, those of `decodeNpz`; {DataError} `size-mismatch`
 */
export function readNpzDataset(bytes: Uint8Array, name = "npz"): NpzDataset {
  // Other arrays may be there, such as names of classes.
  const skipped: FormatError[] = [];
  const arrays = decodeNpz(bytes, name, (_, why) => skipped.push(why));
  const part = (names: readonly string[]) => {
    const x = findArray(arrays, INPUT_NAMES, names);
    const y = findArray(arrays, LABEL_NAMES, names);
    return x && y ? ([x, y] as const) : undefined;
  };
  const training = part(PART_NAMES.training);
  if (!training) {
    const [why] = skipped;
    if (why) throw why;
    throw new FormatError(
      "npz-arrays",
      `${name}: has ${[...arrays.keys()].join(", ") || "no arrays"}; expected x and y, or x_train, y_train, x_test and y_test.`,
      { file: name },
    );
  }
  const test = part(PART_NAMES.test) ?? part(PART_NAMES.validation);
  const classes = areClasses(training[1]);
  return {
    training: datasetOf(...training, classes, name),
    ...(test && { test: datasetOf(...test, classes, `${name} (test)`) }),
  };
}

function datasetOf(x: NpyArray, y: NpyArray, classes: boolean, name: string): Dataset {
  const [samples = 0] = x.shape;
  if (y.shape[0] !== samples) {
    throw new DataError(
      "size-mismatch",
      `${name}: has inputs for ${samples} samples, but labels for ${y.shape[0] ?? 0}.`,
      {
        file: name,
      },
    );
  }
  const areBytes = x.data.every((value) => Number.isInteger(value) && value >= 0 && value <= 255);
  const raw = areBytes ? Uint8Array.from(x.data) : Float32Array.from(x.data);
  const inputs = inOrder(raw, x.shape, name);
  const [, channels, height, width] = inputs.shape;
  const isPicture = inputs.shape.length === 4 && (channels === 1 || channels === 3);
  return {
    name,
    inputs,
    labels: labelsOf(y, classes),
    // Bytes of a table are numbers like others; bytes of pictures are shares of white.
    scaling: areBytes && inputs.shape.length === 4 ? byteScaling : maximumScaling(inputs.data),
    ...(isPicture &&
      areBytes && {
        schema: pictureSchema({ height: height!, width: width!, channels: channels as 1 | 3 }, "resize"),
      }),
  };
}

function inOrder(data: Uint8Array | Float32Array, shape: readonly number[], name: string): Dataset["inputs"] {
  const [n = 0, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 3) return { data, shape: [n, 1, a, b] };
  if (shape.length !== 4) return { data, shape: shape.length === 1 ? [n, 1] : shape };
  const order = channelOrder(shape);
  if (order === "first") return { data, shape };
  if (order === "last") return { data: channelsFirst(data, shape), shape: [n, c, a, b] };
  throw new FormatError(
    "channels-ambiguous",
    `${name}: shape [${shape.join(", ")}] does not tell whether the channels come first or last; save grey pictures as [n, height, width].`,
    { file: name },
  );
}

/** Whether numbers are classes: whole, and not more of them than samples, as prices and years would be. */
function areClasses({ data, shape }: NpyArray): boolean {
  return (
    isSingle(shape) && data.every((value) => Number.isInteger(value) && value >= 0 && value < data.length)
  );
}

function isSingle(shape: readonly number[]): boolean {
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1);
}

function labelsOf({ data, shape }: NpyArray, classes: boolean): Dataset["labels"] {
  if (classes) return { data: Uint32Array.from(data), shape: [data.length] };
  return { data: Float32Array.from(data), shape: isSingle(shape) ? [data.length, 1] : shape };
}
