import { type DecodedPng, decode } from "fast-png";
import { FormatError } from "../../errors.js";
import { centerDigit } from "../center-digit.js";

/** A drawing of a digit has no use for more pixels; checked before anything is unpacked. */
const MAX_PIXELS = 0x100_0000;

/** The first bytes of every PNG. */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Reads a drawing of one digit and makes it MNIST's: 784 grey values, light on dark, centred by mass.
 *
 * Colours become luminance. What is transparent is paper. The paper's tone is the median of the picture's rim; if the ink is
 * darker than that, it is turned round.
 * @throws {FormatError} `png-damaged`, `png-too-large`; {DataError} `no-ink`
 */
export function readPngDigit(bytes: Uint8Array, name = "PNG"): Uint8Array {
  const picture = decodePicture(bytes, name);
  return centerDigit(inkOf(picture), picture.width, picture.height, name);
}

/** A picture without colours; both parts in [0, 1]. */
interface Picture {
  readonly luminance: Float64Array;
  readonly alpha: Float64Array;
  readonly width: number;
  readonly height: number;
}

function decodePicture(bytes: Uint8Array, name: string): Picture {
  requireSignature(bytes, name);
  requireSaneSize(bytes, name);
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (cause) {
    const sentence = `${name}: is not a whole PNG file; export the picture again.`;
    throw new FormatError("png-damaged", sentence, { file: name, cause });
  }
  const { width, height } = png;
  const luminance = new Float64Array(width * height);
  const alpha = new Float64Array(width * height);
  for (let i = 0; i < luminance.length; i++) {
    const [red, green, blue, opacity] = png.palette ? paletteColour(png, i) : colour(png, i);
    luminance[i] = 0.299 * red + 0.587 * green + 0.114 * blue;
    alpha[i] = opacity;
  }
  return { luminance, alpha, width, height };
}

/** Red, green, blue, alpha in [0, 1]. */
type Colour = readonly [number, number, number, number];

function colour({ channels, depth, data, width, transparency }: DecodedPng, i: number): Colour {
  const top = (1 << depth) - 1;
  const at = i * channels;
  const part = (k: number) => (depth >= 8 ? data[at + k]! : sampleAt(data, i, depth, width));
  const colours = channels < 3 ? [part(0)] : [part(0), part(1), part(2)];
  // A PNG without alpha may name one colour that is to be seen through.
  const through =
    transparency && transparency.length > 0 && colours.every((value, k) => value === transparency[k]);
  const alpha = through ? 0 : channels === 2 || channels === 4 ? part(channels - 1) / top : 1;
  const [red, green = red, blue = red] = colours as [number, number?, number?];
  return [red / top, green / top, blue / top, alpha];
}

function paletteColour({ palette, data, depth, width }: DecodedPng, i: number): Colour {
  const [red = 0, green = 0, blue = 0, alpha = 255] = palette?.[sampleAt(data, i, depth, width)] ?? [];
  return [red / 255, green / 255, blue / 255, alpha / 255];
}

/** Value `i`; depths under 8 come packed, each row beginning at a whole byte. */
function sampleAt(data: ArrayLike<number>, i: number, depth: number, width: number): number {
  if (depth >= 8) return data[i]!;
  const perByte = 8 / depth;
  const row = Math.floor(i / width);
  const column = i % width;
  const byte = data[row * Math.ceil(width / perByte) + Math.floor(column / perByte)]!;
  const shift = 8 - depth * ((column % perByte) + 1);
  return (byte >> shift) & ((1 << depth) - 1);
}

/** Of another file, whatever lies where a PNG has its sizes would be taken for them. */
function requireSignature(bytes: Uint8Array, name: string): void {
  if (SIGNATURE.every((byte, at) => bytes[at] === byte)) return;
  const sentence = `${name}: is not a PNG file, whatever its name says; export the picture as PNG.`;
  throw new FormatError("png-damaged", sentence, { file: name, byte: 0 });
}

/** The sizes stand at fixed places (IHDR is always first), so that a bomb is seen before it is lit. */
function requireSaneSize(bytes: Uint8Array, name: string): void {
  if (bytes.length < 33) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  if (width * height <= MAX_PIXELS) return;
  throw new FormatError(
    "png-too-large",
    `${name}: claims ${width}x${height} pixels; a drawing of a digit must have at most ${MAX_PIXELS}.`,
    { file: name, byte: 16 },
  );
}

/** Picture → ink: 0 on paper, up to 1 where luminance differs most from it. */
function inkOf({ luminance, alpha, width, height }: Picture): Float64Array {
  const paper = paperTone(luminance, alpha, width, height);
  let lighter = 0;
  let darker = 0;
  for (let i = 0; i < luminance.length; i++) {
    const difference = alpha[i]! * (luminance[i]! - paper);
    if (difference > 0) lighter += difference;
    else darker -= difference;
  }
  const sign = lighter > darker ? 1 : -1;
  return luminance.map((value, i) => Math.max(0, sign * alpha[i]! * (value - paper)));
}

/** The median luminance of the rim; where most of the rim is transparent, whatever is further from what is drawn. */
function paperTone(luminance: Float64Array, alpha: Float64Array, width: number, height: number): number {
  const rim: number[] = [];
  let rimPixels = 0;
  let drawn = 0;
  let opacity = 0;
  for (let i = 0; i < luminance.length; i++) {
    drawn += alpha[i]! * luminance[i]!;
    opacity += alpha[i]!;
    const row = Math.floor(i / width);
    const column = i % width;
    if (row > 0 && row < height - 1 && column > 0 && column < width - 1) continue;
    rimPixels += 1;
    if (alpha[i]! >= 0.5) rim.push(luminance[i]!);
  }
  if (rim.length * 2 >= rimPixels) return rim.sort((a, b) => a - b)[rim.length >> 1]!;
  return drawn > opacity / 2 ? 0 : 1;
}
