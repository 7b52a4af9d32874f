import { floatFromHalf } from "./half.js";

/** Numbers of an HDF5 file. */
export interface Hdf5Dataset {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Finds data sets by their paths, such as "layers/dense/vars/0"; undefined where there is none of that name. */
export type Hdf5File = (path: string) => Hdf5Dataset | undefined;

/** Bytes are not the part of HDF5 that is read here. */
export class Hdf5Error extends Error {}

/** Where something of the file is not. */
const NOWHERE = 0xffff_ffff_ffff_ffffn;
const SIGNATURE = "\x89HDF\r\n\x1a\n";
const MOST_AXES = 8;
const MESSAGE = { dataspace: 1, datatype: 3, layout: 8, continuation: 0x10, symbolTable: 0x11 } as const;

/**
 * HDF5 (file format specification 3.0) as far as its library writes it for whoever asks for nothing newer, and h5py and Keras do not: superblocks of version
 * 0 and 1, groups as tables of symbols, and numbers in one piece, float16, 32 or 64 with the least byte first. Attributes, and links by name, are passed over.
 *
 * An object is read when a path leads to it, and once. Every address is checked against the bytes that are there, and all that is read comes out of a
 * budget of as many bytes as the file has, which is enough where no two things share a byte: time and memory follow the file, whatever it says.
 * @throws {Hdf5Error} for bytes that are none, when this is called, or when a path is asked for
 */
export function readHdf5(bytes: Uint8Array): Hdf5File {
  const file = new Blocks(bytes);
  const version = file.signed(0, SIGNATURE) ? file.u8(8) : -1;
  if (version !== 0 && version !== 1)
    throw new Hdf5Error(version < 0 ? "no HDF5" : `a superblock of version ${version}`);
  if (file.u8(13) !== 8 || file.u8(14) !== 8) throw new Hdf5Error("addresses of other than 8 bytes");
  const root = file.place((version === 0 ? 56 : 60) + 8);
  const objects = new Map<number, HdfObject>();
  const objectAt = (at: number) => {
    const known = objects.get(at) ?? new HdfObject(file, at);
    objects.set(at, known);
    return known;
  };
  return (path) => {
    let object = objectAt(root);
    for (const name of path.split("/")) {
      const at = object.links.get(name);
      if (at === undefined) return undefined;
      object = objectAt(at);
    }
    return object.dataset(path);
  };
}

/** Bytes with bounds, and a budget. */
class Blocks {
  readonly #view: DataView;
  #left: number;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = bytes.length;
  }

  /** @throws {Hdf5Error} where more is read than there is, which takes bytes that are read twice */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new Hdf5Error("parts that share bytes");
  }

  u8(at: number): number {
    return this.#view.getUint8(this.#within(at, 1));
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#within(at, 2), true);
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#within(at, 4), true);
  }

  /** A place in the file, a size or a count: none is beyond its end. */
  place(at: number): number {
    const value = this.#view.getBigUint64(this.#within(at, 8), true);
    if (value > BigInt(this.bytes.length)) throw new Hdf5Error(`a place or size of ${value}`);
    return Number(value);
  }

  /** As `place`, or undefined where nothing is stored. */
  placeIfAny(at: number): number | undefined {
    return this.#view.getBigUint64(this.#within(at, 8), true) === NOWHERE ? undefined : this.place(at);
  }

  part(at: number, size: number): Uint8Array {
    return this.bytes.subarray(this.#within(at, size), at + size);
  }

  signed(at: number, signature: string): boolean {
    return Array.from(signature).every((letter, i) => this.bytes[at + i] === letter.charCodeAt(0));
  }

  require(at: number, signature: string): void {
    if (!this.signed(at, signature)) throw new Hdf5Error(`no ${signature} at byte ${at}`);
  }

  #within(at: number, size: number): number {
    if (at + size > this.bytes.length) throw new Hdf5Error("an end before what it says it has");
    return at;
  }
}

interface Message {
  readonly type: number;
  readonly at: number;
}

/** A group or a data set. */
class HdfObject {
  readonly #messages: readonly Message[];
  #links: ReadonlyMap<string, number> | undefined;
  #dataset: Hdf5Dataset | undefined;

  constructor(
    private readonly file: Blocks,
    at: number,
  ) {
    this.#messages = messagesOf(file, at);
  }

  /** What is in it, by name; nothing in what is no group. */
  get links(): ReadonlyMap<string, number> {
    const table = this.#message(MESSAGE.symbolTable);
    this.#links ??= table === undefined ? new Map() : linksOf(this.file, table);
    return this.#links;
  }

  /** Its numbers; undefined of a group. */
  dataset(path: string): Hdf5Dataset | undefined {
    const [space, type, layout] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.layout].map((wanted) =>
      this.#message(wanted),
    );
    if (space === undefined || type === undefined || layout === undefined) return undefined;
    this.#dataset ??= datasetOf(this.file, { space, type, layout }, path);
    return this.#dataset;
  }

  #message(wanted: number): number | undefined {
    return this.#messages.find(({ type }) => type === wanted)?.at;
  }
}

/** An object's messages that are of use here, of all the blocks of its header. */
function messagesOf(file: Blocks, at: number): Message[] {
  if (file.u8(at) !== 1) throw new Hdf5Error("an object of another version than 1");
  let left = file.u16(at + 2);
  const blocks = [{ from: at + 16, size: file.u32(at + 8) }];
  const messages: Message[] = [];
  const wanted = new Set<number>(Object.values(MESSAGE));
  // There are at most 65,535 messages, in whatever blocks: a block that goes on in itself ends too.
  for (let i = 0; i < blocks.length && left > 0; i++) {
    const { from, size } = blocks[i]!;
    for (let place = from; place + 8 <= from + size && left > 0; left--) {
      const message = { type: file.u16(place), at: place + 8 };
      const length = file.u16(place + 2);
      file.part(message.at, length);
      file.spend(8 + length);
      if (message.type === MESSAGE.continuation)
        blocks.push({ from: file.place(message.at), size: file.place(message.at + 8) });
      else if (wanted.has(message.type)) messages.push(message);
      place = message.at + length;
    }
  }
  return messages;
}

/** The links of a group, from its table's message: a tree of symbols, and a heap of their names. */
function linksOf(file: Blocks, table: number): Map<string, number> {
  const links = new Map<string, number>();
  const heap = file.place(table + 8);
  file.require(heap, "HEAP");
  const names = file.part(file.place(heap + 24), file.place(heap + 8));
  const open = [file.place(table)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const count = file.u16(node + 6);
    if (file.signed(node, "SNOD")) {
      file.spend(8 + 40 * count);
      for (let entry = node + 8; entry < node + 8 + 40 * count; entry += 40) {
        const name = nameAt(file, names, file.place(entry));
        const to = file.placeIfAny(entry + 8);
        // Kind 2 is a link by name.
        if (to !== undefined && file.u32(entry + 16) !== 2) links.set(name, to);
      }
      continue;
    }
    file.require(node, "TREE");
    file.spend(24 + 16 * count);
    // Keys and children take turns.
    for (let i = 0; i < count; i++) open.push(file.place(node + 32 + 16 * i));
  }
  return links;
}

function nameAt(file: Blocks, names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  if (end < at) throw new Hdf5Error("a name without an end");
  file.spend(end - at);
  // A copy: a text may not be read from memory that threads share.
  return new TextDecoder().decode(names.slice(at, end));
}

function datasetOf(
  file: Blocks,
  { space, type, layout }: { readonly space: number; readonly type: number; readonly layout: number },
  path: string,
): Hdf5Dataset {
  const shape = shapeAt(file, space);
  const [bytes, read] = numberAt(file, type, path);
  const count = shape.reduce((product, side) => product * side, 1);
  const [version, kind] = [file.u8(layout), file.u8(layout + 1)];
  if ((version !== 3 && version !== 4) || kind !== 1)
    throw new Hdf5Error(`numbers that are packed or in parts at ${path}`);
  const from = file.placeIfAny(layout + 2);
  const size = file.place(layout + 10);
  if (count * bytes !== size || (from === undefined && size > 0))
    throw new Hdf5Error(`${from === undefined ? 0 : size} bytes for ${count} numbers at ${path}`);
  file.spend(size);
  const part = file.part(from ?? 0, size);
  const view = new DataView(part.buffer, part.byteOffset, size);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => read(view, i * bytes)) };
}

function shapeAt(file: Blocks, at: number): number[] {
  const [version, axes] = [file.u8(at), file.u8(at + 1)];
  if ((version !== 1 && version !== 2) || axes > MOST_AXES)
    throw new Hdf5Error(`a shape of version ${version} and ${axes} axes`);
  return Array.from({ length: axes }, (_, i) => file.place(at + (version === 1 ? 8 : 4) + 8 * i));
}

type ReadNumber = (view: DataView, at: number) => number;
const NUMBERS: Readonly<Record<number, ReadNumber>> = {
  2: (view, at) => floatFromHalf(view.getUint16(at, true)),
  4: (view, at) => view.getFloat32(at, true),
  8: (view, at) => view.getFloat64(at, true),
};

/** How many bytes a number has, and how it is read. */
function numberAt(file: Blocks, at: number, path: string): readonly [number, ReadNumber] {
  const bytes = file.u32(at + 4);
  const read = NUMBERS[bytes];
  // Class 1 is floating point; bits 0 and 6 of the next byte say in which order the bytes lie.
  if ((file.u8(at) & 15) === 1 && (file.u8(at + 1) & 0x41) === 0 && read) {
    // IEEE 754's own: where the exponent begins, and how many bits it has. bfloat16 is not.
    const [place, width] = [file.u8(at + 12), file.u8(at + 13)];
    if ({ 2: "10,5", 4: "23,8", 8: "52,11" }[bytes] === `${place},${width}`) return [bytes, read];
  }
  throw new Hdf5Error(`numbers that are not float16, 32 or 64 at ${path}`);
}
