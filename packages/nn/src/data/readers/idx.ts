import { FormatError } from "../../errors.js";
import { channelOrder, channelsFirst } from "../channel-order.js";

/**
 * IDX, the format of MNIST: two zero bytes, a type, a rank, then `rank` sizes as big-endian uint32, then the values, big-endian.
 * Described at the foot of http://yann.lecun.com/exdb/mnist/. Gzip is for `gunzip` to take off first.
 */
export interface IdxArray {
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
  readonly shape: readonly number[];
}

interface ElementType {
  readonly bytes: number;
  readonly read: (view: DataView, count: number, at: number) => IdxArray["data"];
}

const TYPES: Readonly<Record<number, ElementType>> = {
  // A copy, so that the file's bytes can be let go.
  8: { bytes: 1, read: (view, n, at) => new Uint8Array(view.buffer, view.byteOffset + at, n).slice() },
  9: { bytes: 1, read: (view, n, at) => new Int8Array(view.buffer, view.byteOffset + at, n).slice() },
  11: { bytes: 2, read: (view, n, at) => new Int16Array(n).map((_, i) => view.getInt16(at + 2 * i)) },
  12: { bytes: 4, read: (view, n, at) => new Int32Array(n).map((_, i) => view.getInt32(at + 4 * i)) },
  13: { bytes: 4, read: (view, n, at) => new Float32Array(n).map((_, i) => view.getFloat32(at + 4 * i)) },
  14: { bytes: 8, read: (view, n, at) => new Float64Array(n).map((_, i) => view.getFloat64(at + 8 * i)) },
};

/** How long a file is by its header, of which these are the first bytes; undefined where they do not begin as an IDX file does. */
export function idxBytes(head: Uint8Array): number | undefined {
  const [a, b, type = 0, rank = 0] = head;
  const start = 4 + 4 * rank;
  if (a !== 0 || b !== 0 || !(type in TYPES) || head.length < start) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let bytes = TYPES[type]!.bytes;
  for (let k = 0; k < rank; k++) bytes *= view.getUint32(4 + 4 * k);
  return start + bytes;
}

/**
 * Reads any IDX array; the size that the header claims is checked against the bytes before anything is allocated.
 * @throws {FormatError} `idx-header`, `idx-size`
 */
export function readIdx(bytes: Uint8Array, name = "IDX"): IdxArray {
  const { type, bytes: element, start, shape } = readIdxHeader(bytes, name);
  const count = shape.reduce((product, size) => product * size, 1);
  const needed = start + count * element;
  if (needed !== bytes.length) {
    throw new FormatError(
      "idx-size",
      `${name}: its header claims shape [${shape.join(", ")}], which takes ${needed} bytes, but the file has ${bytes.length}; it is damaged or cut short.`,
      { file: name, byte: Math.min(needed, bytes.length) },
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { data: TYPES[type]!.read(view, count, start), shape };
}

/** What an IDX file says of its values, of so many bytes each, which begin at byte `start`. */
export interface IdxHeader {
  readonly type: number;
  readonly bytes: number;
  readonly start: number;
  readonly shape: readonly number[];
}

/** Reads the header from a file's first bytes. @throws {FormatError} `idx-header` */
export function readIdxHeader(bytes: Uint8Array, name: string): IdxHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 ? TYPES[bytes[2]!] : undefined;
  const rank = bytes[3] ?? 0;
  if (!type || rank === 0) {
    const found = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new FormatError(
      "idx-header",
      `${name}: is not an IDX file; expected it to begin with 00 00, a type (08 to 0e) and a rank, got ${found || "nothing"}.`,
      { file: name, byte: 0 },
    );
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    throw new FormatError("idx-header", `${name}: ends inside its IDX header of ${start} bytes.`, {
      file: name,
      byte: bytes.length,
    });
  }
  const shape = Array.from({ length: rank }, (_, k) => view.getUint32(4 + 4 * k));
  return { type: bytes[2]!, bytes: type.bytes, start, shape };
}

/**
 * Images of bytes, [n, height, width], [n, channels, height, width] or [n, height, width, channels] → [n, channels, height, width]. Of the
 * last two `channelOrder` tells which it is.
 * @throws {FormatError} `idx-images`, `channels-ambiguous` and those of `readIdx`
 */
export function readIdxImages(bytes: Uint8Array, name = "IDX images"): { data: Uint8Array; shape: number[] } {
  const { data, shape } = readIdx(bytes, name);
  if (!(data instanceof Uint8Array) || shape.length < 3 || shape.length > 4) {
    throw new FormatError(
      "idx-images",
      `${name}: expected images of bytes with shape [n, height, width], got ${describe(data, shape)}.`,
      { file: name, byte: 2 },
    );
  }
  const [n = 0, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 3) return { data, shape: [n, 1, a, b] };
  const order = channelOrder(shape);
  if (order === "either") throw ambiguousChannels(name, shape);
  return order === "first"
    ? { data, shape: [...shape] }
    : { data: channelsFirst(data, shape), shape: [n, c, a, b] };
}

/**
 * Labels: class indices of shape [n].
 * @throws {FormatError} `idx-labels` and those of `readIdx`
 */
export function readIdxLabels(bytes: Uint8Array, name = "IDX labels"): { data: Uint8Array; shape: number[] } {
  const { data, shape } = readIdx(bytes, name);
  if (!(data instanceof Uint8Array) || shape.length !== 1) {
    throw new FormatError(
      "idx-labels",
      `${name}: expected labels of bytes with shape [n], got ${describe(data, shape)}.`,
      { file: name, byte: 2 },
    );
  }
  return { data, shape: [...shape] };
}

/** The error for pictures of which nobody knows where their channels are. */
export function ambiguousChannels(name: string, shape: readonly number[]): FormatError {
  return new FormatError(
    "channels-ambiguous",
    `${name}: shape [${shape.join(", ")}] does not tell whether the channels come first or last; write grey pictures as [n, height, width], or read the values with readIdx and say the shape.`,
    { file: name, byte: 4 },
  );
}

function describe(data: IdxArray["data"], shape: readonly number[]): string {
  return `${data.constructor.name.replace("Array", "").toLowerCase()} of shape [${shape.join(", ")}]`;
}
