import { FormatError } from "../../errors.js";
import { floatFromBfloat16, floatFromHalf } from "../half.js";
import type { TensorProto } from "./messages.js";

/** The element types of ONNX by their numbers. */
export const ELEMENT_TYPES = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** `float` of 1; undefined for a number that is no type. */
export function elementType(number: number | undefined): ElementType | undefined {
  return (Object.keys(ELEMENT_TYPES) as ElementType[]).find((name) => ELEMENT_TYPES[name] === number);
}

/** How an element lies in `rawData`, little-endian: bytes, and where it is read. */
const RAW: Readonly<Partial<Record<ElementType, readonly [number, (view: DataView, at: number) => number]>>> =
  {
    float: [4, (view, at) => view.getFloat32(at, true)],
    double: [8, (view, at) => view.getFloat64(at, true)],
    float16: [2, (view, at) => floatFromHalf(view.getUint16(at, true))],
    bfloat16: [2, (view, at) => floatFromBfloat16(view.getUint16(at, true))],
    uint8: [1, (view, at) => view.getUint8(at)],
    int8: [1, (view, at) => view.getInt8(at)],
    bool: [1, (view, at) => view.getUint8(at)],
    uint16: [2, (view, at) => view.getUint16(at, true)],
    int16: [2, (view, at) => view.getInt16(at, true)],
    uint32: [4, (view, at) => view.getUint32(at, true)],
    int32: [4, (view, at) => view.getInt32(at, true)],
    uint64: [8, (view, at) => Number(view.getBigUint64(at, true))],
    int64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  };

/** A tensor's numbers as they are in the file; whole ones beyond 2⁵³ are rounded. */
export interface OnnxTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: Float64Array | Float32Array;
}

/**
 * The numbers of a tensor.
 * @throws {FormatError} `onnx-tensor-type` for text, complex numbers or an unknown type, `onnx-external-data` where they are in another file,
 * `onnx-tensor-size` when they are not as many as the shape says.
 */
export function tensorData(tensor: TensorProto, owner = `tensor "${tensor.name ?? ""}"`): OnnxTensor {
  const type = elementType(tensor.dataType);
  const raw = type && RAW[type];
  if (!raw) {
    throw new FormatError(
      "onnx-tensor-type",
      `onnx: expected ${owner} to hold numbers, got ${type ?? `type ${tensor.dataType ?? 0}`}.`,
    );
  }
  if (tensor.externalData) {
    throw new FormatError(
      "onnx-external-data",
      `onnx: expected the values of ${owner} in this file, got a reference to another one; save the model as one file.`,
    );
  }
  const shape = tensor.dims ?? [];
  const [bytes, get] = raw;
  const listed = listOf(tensor, type);
  const have = tensor.rawData ? tensor.rawData.length / bytes : listed.length;
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0) || size !== have) {
    throw new FormatError(
      "onnx-tensor-size",
      `onnx: expected ${owner} of shape [${shape.join(", ")}] to hold that many values, got ${have}.`,
    );
  }
  const values = type === "float" ? new Float32Array(size) : new Float64Array(size);
  if (tensor.rawData) {
    const { buffer, byteOffset, byteLength } = tensor.rawData;
    const view = new DataView(buffer, byteOffset, byteLength);
    for (let i = 0; i < size; i++) values[i] = get(view, i * bytes);
  } else {
    for (let i = 0; i < size; i++) values[i] = listed[i]!;
  }
  return { type, shape, values };
}

/** The values of a tensor without raw bytes: each type has its list, and small ones lie in that of int32. */
function listOf(tensor: TensorProto, type: ElementType): readonly number[] {
  if (type === "float") return tensor.floatData ?? [];
  if (type === "double") return tensor.doubleData ?? [];
  if (type === "int64") return tensor.int64Data ?? [];
  if (type === "uint64" || type === "uint32") return tensor.uint64Data ?? [];
  const bits = tensor.int32Data ?? [];
  if (type === "float16") return bits.map(floatFromHalf);
  if (type === "bfloat16") return bits.map(floatFromBfloat16);
  return bits;
}

/** A tensor of float32, or of int64, for a file. */
export function tensorOf(
  name: string,
  type: "float" | "int64",
  shape: readonly number[],
  values: ArrayLike<number>,
): TensorProto {
  const bytes = type === "float" ? 4 : 8;
  const rawData = new Uint8Array(bytes * values.length);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < values.length; i++) {
    if (type === "float") view.setFloat32(4 * i, values[i]!, true);
    else view.setBigInt64(8 * i, BigInt(values[i]!), true);
  }
  return { name, dataType: ELEMENT_TYPES[type], dims: shape, rawData };
}
