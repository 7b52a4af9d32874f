import { Unzlib } from "fflate";
import { FormatError } from "../../errors.js";
import { crc32 } from "../../io/crc32.js";
import { inflateExactly } from "../../io/inflate-exactly.js";

/** A picture from a file: red, green, blue and alpha of each pixel, row by row, alpha not multiplied in. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Bytes, or words where a file has 16 bits a value. */
  readonly rgba: Uint8Array | Uint16Array;
}

/** The first bytes of every PNG. */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Values a pixel, and bits a value, of the colour types: grey, colours, palette, grey with alpha, colours with alpha. */
const TYPES: Readonly<Record<number, { readonly values: number; readonly depths: readonly number[] }>> = {
  0: { values: 1, depths: [1, 2, 4, 8, 16] },
  2: { values: 3, depths: [8, 16] },
  3: { values: 1, depths: [1, 2, 4, 8] },
  4: { values: 2, depths: [8, 16] },
  6: { values: 4, depths: [8, 16] },
};

/** Adam7: which pixels each pass has, from (x, y) on in such steps. One pass has all where a file is not interlaced. */
const ADAM7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
] as const;
const WHOLE = [{ x: 0, y: 0, dx: 1, dy: 1 }] as const;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: number;
  readonly values: number;
  readonly passes: readonly {
    readonly x: number;
    readonly y: number;
    readonly dx: number;
    readonly dy: number;
  }[];
}

/** True when the bytes begin as a PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, at) => bytes[at] === byte);
}

/**
 * Decodes a PNG of any kind that the standard (ISO/IEC 15948) knows: grey, colours, palette, with alpha or a colour that is seen through, 1 to
 * 16 bits a value, interlaced or not. Of what else a file may say nothing is used: no gamma, no colour profile. No memory is taken before the
 * header's size is at most `most` pixels, and never more than that size needs.
 * @throws {FormatError} `png-damaged`, `png-too-large`
 */
export function decodePng(bytes: Uint8Array, name: string, most: number, what = "a picture"): Raster {
  if (!isPng(bytes)) {
    const sentence = `${name}: is not a PNG file, whatever its name says; export the picture as PNG.`;
    throw new FormatError("png-damaged", sentence, { file: name, byte: 0 });
  }
  const damaged = (cause: string | Error) =>
    new FormatError("png-damaged", `${name}: is not a whole PNG file; export the picture again.`, {
      file: name,
      cause,
    });
  const header = readHeader(bytes);
  if (typeof header === "string") throw damaged(header);
  if (header.width * header.height > most) {
    throw new FormatError(
      "png-too-large",
      `${name}: claims ${header.width}x${header.height} pixels; ${what} must have at most ${most}.`,
      { file: name, byte: 16 },
    );
  }
  const parts = readChunks(bytes);
  if (typeof parts === "string") throw damaged(parts);
  let raw: Uint8Array | undefined;
  try {
    raw = inflateExactly(new Unzlib(), parts.packed, rawSize(header));
  } catch (error) {
    // fflate throws an Error for each fault of a stream, and nothing else does in there.
    throw damaged(error as Error);
  }
  const raster = raw && unfiltered(raw, header) && coloured(raw, header, parts);
  if (!raster) throw damaged("its pixels are not what its header says");
  return raster;
}

/** IHDR, which is always first, or what is wrong with it. */
function readHeader(bytes: Uint8Array): Header | string {
  if (bytes.length < 33) return "ends inside its header";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49_48_44_52) return "has no header";
  const [depth = 0, type = 0, compression, filter, interlace = 0] = bytes.subarray(24, 29);
  const kind = TYPES[type];
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  if (!kind?.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    return "has a kind that the standard does not know";
  if (width === 0 || height === 0) return "has no pixels";
  return { width, height, depth, type, values: kind.values, passes: interlace === 1 ? ADAM7 : WHOLE };
}

interface Chunks {
  readonly palette: Uint8Array;
  readonly transparency: Uint8Array;
  readonly packed: readonly Uint8Array[];
}

/** The chunks that matter, their checksums compared, or what is wrong with them. */
function readChunks(bytes: Uint8Array): Chunks | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed: Uint8Array[] = [];
  let palette: Uint8Array = new Uint8Array(0);
  let transparency: Uint8Array = new Uint8Array(0);
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) return "ends before its last chunk";
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) return "ends inside a chunk";
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) return `has a damaged ${type}`;
    const data = bytes.subarray(at + 8, end - 4);
    if (type === "IEND") break;
    if (type === "IDAT") packed.push(data);
    else if (type === "PLTE") palette = data;
    else if (type === "tRNS") transparency = data;
    // A capital first says that nobody can do without it.
    else if (type !== "IHDR" && /^[A-Z]/.test(type)) return `needs ${type}, which the standard does not know`;
    at = end;
  }
  return { palette, transparency, packed };
}

function passSize({ width, height, depth, values }: Header, pass: Header["passes"][number]) {
  const columns = Math.ceil((width - pass.x) / pass.dx);
  const rows = columns > 0 ? Math.max(0, Math.ceil((height - pass.y) / pass.dy)) : 0;
  return { columns, rows, bytes: Math.ceil((columns * values * depth) / 8) };
}

/** Bytes of all rows, each with a byte for its filter. */
function rawSize(header: Header): number {
  return header.passes.reduce((sum, pass) => {
    const { rows, bytes } = passSize(header, pass);
    return sum + rows * (1 + bytes);
  }, 0);
}

/** Takes the filters off, in place: each byte is a difference to its neighbours left, above and left above. False for a filter that is none. */
function unfiltered(raw: Uint8Array, header: Header): boolean {
  const pixel = Math.max(1, (header.values * header.depth) >> 3);
  let at = 0;
  for (const pass of header.passes) {
    const { rows, bytes } = passSize(header, pass);
    for (let row = 0; row < rows; row++) {
      const filter = raw[at]!;
      if (filter > 4) return false;
      const begin = at + 1;
      const above = row === 0 ? -1 : begin - bytes - 1;
      for (let i = 0; i < bytes; i++) {
        const a = i >= pixel ? raw[begin + i - pixel]! : 0;
        const b = above < 0 ? 0 : raw[above + i]!;
        const c = above < 0 || i < pixel ? 0 : raw[above + i - pixel]!;
        raw[begin + i]! +=
          filter === 0
            ? 0
            : filter === 1
              ? a
              : filter === 2
                ? b
                : filter === 3
                  ? (a + b) >> 1
                  : paeth(a, b, c);
      }
      at = begin + bytes;
    }
  }
  return true;
}

/** Whichever of the three is nearest to a + b − c. */
function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const toA = Math.abs(p - a);
  const toB = Math.abs(p - b);
  const toC = Math.abs(p - c);
  return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
}

/** Rows of values → pixels of four; undefined for a colour that the palette has not. */
function coloured(raw: Uint8Array, header: Header, { palette, transparency }: Chunks): Raster | undefined {
  const { width, height, depth, type, values, passes } = header;
  const rgba = new (depth === 16 ? Uint16Array : Uint8Array)(width * height * 4);
  const top = depth === 16 ? 65535 : 255;
  const factor = depth < 8 ? 255 / ((1 << depth) - 1) : 1; // 255, 85 or 17
  const through = type === 0 || type === 2 ? seenThrough(transparency, values) : undefined;
  const sample = new Uint16Array(4);
  let at = 0;
  for (const pass of passes) {
    const { rows, columns, bytes } = passSize(header, pass);
    for (let row = 0; row < rows; row++) {
      at += 1;
      for (let column = 0; column < columns; column++) {
        for (let k = 0; k < values; k++) {
          const i = column * values + k;
          if (depth === 8) sample[k] = raw[at + i]!;
          else if (depth === 16) sample[k] = (raw[at + 2 * i]! << 8) | raw[at + 2 * i + 1]!;
          else
            sample[k] =
              (raw[at + ((i * depth) >> 3)]! >> (8 - depth - ((i * depth) & 7))) & ((1 << depth) - 1);
        }
        const to = 4 * ((pass.y + row * pass.dy) * width + pass.x + column * pass.dx);
        if (type === 3) {
          const entry = 3 * sample[0]!;
          if (entry + 3 > palette.length) return undefined;
          rgba.set(palette.subarray(entry, entry + 3), to);
          rgba[to + 3] = transparency[sample[0]!] ?? 255;
          continue;
        }
        for (let k = 0; k < 3; k++) rgba[to + k] = sample[values < 3 ? 0 : k]! * factor;
        const seen = through?.every((value, k) => value === sample[k]);
        rgba[to + 3] = seen ? 0 : values % 2 === 0 ? sample[values - 1]! : top;
      }
      at += bytes;
    }
  }
  return { width, height, rgba };
}

/** The one colour that a picture without alpha may name to be seen through, in the file's own depth. */
function seenThrough(transparency: Uint8Array, values: number): number[] | undefined {
  if (transparency.length !== 2 * values) return undefined;
  return Array.from({ length: values }, (_, k) => (transparency[2 * k]! << 8) | transparency[2 * k + 1]!);
}
