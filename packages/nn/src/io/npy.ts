import { ConfigError, FormatError } from "../errors.js";
import { floatFromHalf } from "./half.js";

/** An array of numbers in row-major order. */
export interface NpyArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** A kind of number by NumPy's letter and its size in bytes. */
export type NumberKind = "f2" | "f4" | "f8" | "b1" | "u1" | "u2" | "u4" | "u8" | "i1" | "i2" | "i4" | "i8";

/** NumPy's letter and size → reader; wide integers beyond 2^53 are rounded. */
export const numberReaders: Readonly<
  Record<NumberKind, (view: DataView, at: number, little: boolean) => number>
> = {
  f2: (view, at, little) => floatFromHalf(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
  b1: (view, at) => (view.getUint8(at) ? 1 : 0),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
};

/**
 * NumPy's .npy, versions 1 to 3 (numpy.lib.format): magic, version, length of the header, the header as a Python dict with
 * descr, fortran_order and shape, then the values. Column-major arrays are turned into row-major ones.
 * @throws {FormatError} `npy-header`, `npy-dtype`, `npy-size`
 */
export function decodeNpy(bytes: Uint8Array, name = "npy"): NpyArray {
  const { kind, little, columnMajor, shape, start } = readNpyHeader(bytes, name);
  const count = shape.reduce((product, size) => product * size, 1);
  const elementBytes = Number(kind.slice(1));
  if (count * elementBytes !== bytes.length - start) {
    throw new FormatError(
      "npy-size",
      `${name}: shape [${shape.join(", ")}] takes ${count * elementBytes} bytes, but ${bytes.length - start} are there; it is damaged or cut short.`,
      { file: name, byte: bytes.length },
    );
  }
  const read = numberReaders[kind];
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  const data = new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = read(view, i * elementBytes, little);
  return { data: columnMajor ? rowMajor(data, shape) : data, shape };
}

/** Numbers as a .npy of float32, little-endian and row-major, version 1: what `numpy.load` reads. @throws {ConfigError} `tensor-size` */
export function encodeNpy(data: ArrayLike<number>, shape: readonly number[]): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new ConfigError(
      "tensor-size",
      `npy: an array of shape [${shape.join(", ")}] needs ${count} values, got ${data.length}.`,
    );
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  // Values begin at a multiple of 64, and the header ends with a new line.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + 4 * count);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  bytes.set(new TextEncoder().encode(`${header.padEnd(length - 1)}\n`), 10);
  const view = new DataView(bytes.buffer, 10 + length);
  for (let i = 0; i < count; i++) view.setFloat32(4 * i, data[i]!, true);
  return bytes;
}

/** What a .npy says of its values, which begin at byte `start`. */
export interface NpyHeader {
  readonly kind: NumberKind;
  readonly little: boolean;
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

/** Reads the header from a file's first bytes. @throws {FormatError} `npy-header`, `npy-dtype` */
export function readNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const { text, start } = readHeader(bytes, name);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (order === undefined || sizes === undefined) throw damaged(name, "has a header without shape and order");
  const [, endian, kind] = /^([<>|=]?)([a-z]\d+)$/.exec(descr ?? "") ?? [];
  if (kind === undefined || !Object.hasOwn(numberReaders, kind)) {
    throw new FormatError(
      "npy-dtype",
      `${name}: has dtype ${descr ?? "of fields"}; expected plain numbers.`,
      {
        file: name,
      },
    );
  }
  const shape = sizes
    .split(",")
    .map((size) => size.replace("L", "").trim())
    .filter((size) => size !== "")
    .map(Number);
  return { kind: kind as NumberKind, little: endian !== ">", columnMajor: order === "True", shape, start };
}

function readHeader(bytes: Uint8Array, name: string): { text: string; start: number } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte))
    throw damaged(name, "does not begin as .npy does");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = bytes[6]! >= 2;
  const start = (long ? 12 : 10) + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > bytes.length) throw damaged(name, "ends inside its header");
  return { text: new TextDecoder().decode(bytes.slice(long ? 12 : 10, start)), start };
}

function damaged(name: string, what: string): FormatError {
  return new FormatError("npy-header", `${name}: ${what}; it is damaged or not a NumPy array.`, {
    file: name,
  });
}

/** Fortran's order has the first index fastest. */
function rowMajor(data: Float64Array, shape: readonly number[]): Float64Array {
  const out = new Float64Array(data.length);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis]! + index[axis]!;
    out[i] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return out;
}
