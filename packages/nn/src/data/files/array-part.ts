import type { NumberKind } from "../../io/npy.js";
import { numberReaders } from "../../io/npy.js";
import { piecesOf, type Seekable } from "./seekable.js";

/** An array of numbers in a file, in row-major order. */
export interface ArrayPart {
  readonly file: Seekable;
  /** Where the first number begins. */
  readonly start: number;
  readonly kind: NumberKind;
  readonly little: boolean;
  readonly shape: readonly number[];
}

/** How many bytes a number, and how many numbers a row, the first axis being that of the rows, have. */
function sizesOf({ kind, shape }: ArrayPart): { readonly element: number; readonly row: number } {
  return { element: Number(kind.slice(1)), row: shape.slice(1).reduce((product, size) => product * size, 1) };
}

/** The rows at these places, in this order: bytes as they are, all else as float32 or, of labels, as u32. */
export async function readRows<T extends "u8" | "u32" | "f32">(
  part: ArrayPart,
  type: T,
  indices: Uint32Array,
): Promise<{ u8: Uint8Array; u32: Uint32Array; f32: Float32Array }[T]> {
  const { element, row } = sizesOf(part);
  const bytes = element * row;
  const raw = new Uint8Array(indices.length * bytes);
  // What lies together is read together.
  const together = indices.every((place, i) => place === indices[0]! + i);
  if (together) await part.file.readInto(raw, part.start + (indices[0] ?? 0) * bytes);
  else {
    const starts = Float64Array.from(indices, (place) => part.start + place * bytes);
    await part.file.readEach(raw, bytes, starts);
  }
  return numbersOf(raw, part, type) as { u8: Uint8Array; u32: Uint32Array; f32: Float32Array }[T];
}

/** All rows in order, as float32, in pieces of whole rows. */
export async function* allRows(part: ArrayPart): AsyncGenerator<Float32Array> {
  const { element, row } = sizesOf(part);
  const end = part.start + element * row * part.shape[0]!;
  for await (const raw of piecesOf(part.file, part.start, end, element * row))
    yield numbersOf(raw, part, "f32") as Float32Array;
}

const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function numbersOf(
  raw: Uint8Array,
  { kind, little }: ArrayPart,
  type: "u8" | "u32" | "f32",
): Uint8Array | Uint32Array | Float32Array {
  if (type === "u8") return raw;
  const same = type === "f32" ? "f4" : "u4";
  const count = raw.length / Number(kind.slice(1));
  if (kind === same && little === isLittle)
    return type === "f32" ? new Float32Array(raw.buffer, 0, count) : new Uint32Array(raw.buffer, 0, count);
  const read = numberReaders[kind]!;
  const bytes = Number(kind.slice(1));
  const view = new DataView(raw.buffer);
  const out = type === "f32" ? new Float32Array(count) : new Uint32Array(count);
  for (let i = 0; i < count; i++) out[i] = read(view, i * bytes, little);
  return out;
}
