import { decode } from "jpeg-js";
import { FormatError } from "../../errors.js";
import type { Raster } from "./decode-png.js";

/** What the decoder may take of memory, in MiB; it needs some 25 bytes a pixel. */
const MOST_MEMORY = 2048;

/** What stands at the head of a JPEG. */
interface Header {
  readonly width: number;
  readonly height: number;
  /** How the picture is to be turned: EXIF's orientation, 1 to 8. */
  readonly orientation: number;
  /** Whether its three components are red, green and blue, and not luminance and two differences. */
  readonly isRgb: boolean;
}

/** True when the bytes begin as a JPEG does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes a JPEG, baseline or progressive, of one, three or four components, and turns it as its EXIF says, as every viewer does. No memory is
 * taken before the header's size is at most `most` pixels.
 * @throws {FormatError} `jpeg-damaged`, `jpeg-too-large`
 */
export function decodeJpeg(bytes: Uint8Array, name: string, most: number): Raster {
  const damaged = (cause: string | Error) =>
    new FormatError("jpeg-damaged", `${name}: is not a whole JPEG file; export the picture again.`, {
      file: name,
      cause,
    });
  const header = readHeader(bytes);
  if (typeof header === "string") throw damaged(header);
  const { width, height, orientation, isRgb } = header;
  if (width * height > most) {
    throw new FormatError(
      "jpeg-too-large",
      `${name}: claims ${width}x${height} pixels; a picture must have at most ${most}.`,
      { file: name },
    );
  }
  // Every block of 8x8 takes a bit at least: what claims more would be made of nothing, for seconds.
  if (width * height > 512 * bytes.length) throw damaged("is too short for its size");
  try {
    const { data } = decode(bytes, {
      useTArray: true,
      // What is cut short would else be grey from there on.
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil(most / 1e6),
      maxMemoryUsageInMB: MOST_MEMORY,
      ...(isRgb && { colorTransform: false }),
    });
    return turned({ width, height, rgba: data }, orientation);
  } catch (error) {
    // jpeg-js throws plain Errors, and trips over its own indices where a file lies about them.
    throw damaged(error as Error);
  }
}

/** Reads the markers up to the frame, or says what is wrong with them. */
function readHeader(bytes: Uint8Array): Header | string {
  if (!isJpeg(bytes)) return "does not begin as JPEG does";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  let adobe: number | undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return "has something else where a marker should be";
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1; // a marker may be preceded by any number of these
      continue;
    }
    const length = view.getUint16(at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || segment.length < length - 2) return "ends inside its header";
    if (marker === 0xe1) orientation = exifOrientation(segment) ?? orientation;
    if (marker === 0xee && startsWith(segment, "Adobe") && segment.length >= 12) adobe = segment[11];
    if (marker === 0xda) return "has pixels before their size";
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (!isFrame) {
      at += 2 + length;
      continue;
    }
    if (segment.length < 6) return "ends inside its frame's header";
    const height = view.getUint16(at + 5);
    const width = view.getUint16(at + 7);
    if (width === 0 || height === 0) return "has no pixels";
    const components = segment[5]!;
    if (segment[0] !== 8 || ![1, 3, 4].includes(components) || segment.length !== 6 + 3 * components)
      return "has a frame of a kind that nobody writes";
    // Components that call themselves R, G and B are.
    const named = segment[5] === 3 && segment[6] === 0x52 && segment[9] === 0x47 && segment[12] === 0x42;
    return { width, height, orientation, isRgb: named || (segment[5] === 3 && adobe === 0) };
  }
  return "ends before its pixels";
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

/** The orientation among the entries of EXIF's first directory, which is TIFF's; undefined where there is none that makes sense. */
function exifOrientation(segment: Uint8Array): number | undefined {
  if (!startsWith(segment, "Exif\0\0") || segment.length < 14) return undefined;
  const tiff = new DataView(segment.buffer, segment.byteOffset + 6, segment.length - 6);
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return undefined;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > tiff.byteLength) return undefined;
    if (tiff.getUint16(at, little) !== 0x0112) continue;
    const value = tiff.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** Turned and mirrored as EXIF's orientation says: from 5 on rows become columns. */
function turned(raster: Raster, orientation: number): Raster {
  if (orientation === 1) return raster;
  const { width, height, rgba } = raster;
  const swap = orientation >= 5;
  const mirrorX = [2, 3, 7, 8].includes(orientation);
  const mirrorY = [3, 4, 6, 7].includes(orientation);
  const out = new Uint8Array(rgba.length);
  const columns = swap ? height : width;
  const rows = swap ? width : height;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = swap ? row : column;
      const y = swap ? column : row;
      const from = 4 * ((mirrorY ? height - 1 - y : y) * width + (mirrorX ? width - 1 - x : x));
      out.set(rgba.subarray(from, from + 4), 4 * (row * columns + column));
    }
  }
  return { width: columns, height: rows, rgba: out };
}
