import { DataError, ShapeError, showValue } from "../errors.js";
import { type Shape, sameShape, sizeOf } from "../graph/shape.js";
import type { DatasetLabels } from "./dataset.js";

/** Levels of nested arrays. */
const DEEPEST = 32;

/** Rows in rows: `[[0, 0], [0, 1]]`. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

/** Any typed array of numbers. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array;

/** Numbers of one sample or many: nested arrays, a typed array in row-major order, or one with its shape. */
export type Samples = NestedNumbers | NumberArray | { readonly data: NumberArray; readonly shape: Shape };

/** What is one sample, or many, as data sets have them. */
interface Values {
  readonly data: Uint8Array | Float32Array;
  readonly shape: Shape;
}

/** Whether something is samples and no data set. */
export function isSamples(given: unknown): given is Samples {
  return Array.isArray(given) || ArrayBuffer.isView(given) || ArrayBuffer.isView(Object(given).data);
}

/**
 * Samples [samples, …sample]: what is shaped like one sample is one, and single numbers are samples of one number each. Bytes stay bytes, which a
 * data set's scaling may turn into [0, 1]; all else becomes float32. That there are as many numbers as the shape says is for the caller to look at.
 * @throws {ShapeError} `rows-differ` for nested arrays of different lengths. @throws {DataError} `data-type` for what is no number.
 */
export function samplesOf(owner: string, given: Samples, sample: Shape): Values {
  const { data, shape } = valuesOf(owner, given, sample);
  // What is no typed array is refused where data sets are looked at.
  const converted =
    ArrayBuffer.isView(data) && !(data instanceof Uint8Array || data instanceof Uint8ClampedArray);
  return {
    data: converted ? asFloat32(owner, data) : (data as Values["data"]),
    shape: sameShape(shape, sample)
      ? [1, ...sample]
      : shape.length === 1 && sizeOf(sample) === 1
        ? [shape[0]!, ...sample]
        : shape,
  };
}

/**
 * Targets of some samples: class indices where the loss takes them, the output has several numbers and there is one a sample, or one a step
 * where it is a sequence [steps, classes]; else float32 numbers [samples, …output]. That they fit is for the caller to look at.
 * @throws {ShapeError} `rows-differ`. @throws {DataError} `data-type`; `label-out-of-range` for a class index that is no whole number of at least 0.
 */
export function labelsOf(
  owner: string,
  given: Samples,
  samples: number,
  { output, indices }: { readonly output: Shape; readonly indices: boolean },
): DatasetLabels {
  const { data, shape } = valuesOf(owner, given, []);
  const size = sizeOf(output);
  const lead = output.slice(0, -1);
  const each = sizeOf(lead);
  if (indices && size > each && data.length === samples * each) {
    const wrong = data.findIndex((label) => !(Number.isInteger(label) && label >= 0));
    if (wrong < 0) return { data: Uint32Array.from(data), shape: [samples, ...lead] };
    const row = Math.floor(wrong / each) + 1;
    throw new DataError(
      "label-out-of-range",
      `${owner}: expected class indices from 0, got ${data[wrong]} for sample ${row}.`,
      { row },
    );
  }
  return {
    data: asFloat32(owner, data),
    shape: data.length === samples * size ? [samples, ...output] : shape,
  };
}

function asFloat32(owner: string, data: NumberArray): Float32Array {
  if (data instanceof Float32Array) return data;
  // A BigInt64Array or a DataView, from a program that no compiler has seen.
  if (typeof (data[0] ?? 0) !== "number" || data.length === undefined)
    throw new DataError("data-type", `${owner}: expected an array of numbers, got ${showValue(data)}.`);
  return Float32Array.from(data);
}

function valuesOf(owner: string, given: Samples, sample: Shape): { data: NumberArray; shape: Shape } {
  if (Array.isArray(given)) {
    const shape: number[] = [];
    for (let part: unknown = given; Array.isArray(part); part = part[0]) {
      // An array that holds itself has no end.
      if (shape.push(part.length) > DEEPEST)
        throw new DataError(
          "data-type",
          `${owner}: expected numbers in at most ${DEEPEST} levels of arrays.`,
        );
    }
    const data = new Float32Array(sizeOf(shape));
    fillFrom(owner, given as NestedNumbers, shape, data, 0);
    return { data, shape };
  }
  if (!ArrayBuffer.isView(given)) return given as { data: NumberArray; shape: Shape };
  const data = given as NumberArray;
  return { data, shape: [Math.floor(data.length / sizeOf(sample)), ...sample] };
}

/** Writes nested rows one behind the other. @returns the place behind them. */
function fillFrom(
  owner: string,
  part: NestedNumbers,
  [size, ...inner]: Shape,
  data: Float32Array,
  start: number,
): number {
  let at = start;
  if (part.length !== size) throw rowsDiffer(owner, size!, `one of ${part.length}`);
  for (const one of part) {
    if (inner.length > 0) {
      if (!Array.isArray(one)) throw rowsDiffer(owner, inner[0]!, showValue(one));
      at = fillFrom(owner, one as NestedNumbers, inner, data, at);
    } else if (typeof one === "number") data[at++] = one;
    else if (Array.isArray(one)) throw rowsDiffer(owner, 1, `one of ${one.length}`);
    else throw new DataError("data-type", `${owner}: expected numbers, got ${showValue(one)}.`);
  }
  return at;
}

function rowsDiffer(owner: string, expected: number, got: string): ShapeError {
  return new ShapeError(
    "rows-differ",
    `${owner}: expected rows of ${expected} like the first, got ${got}; give all rows the same length.`,
  );
}
