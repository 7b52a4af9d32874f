import { centerDigit } from "../center-digit.js";
import { decodePng } from "./decode-png.js";

/** A drawing of a digit has no use for more pixels; checked before anything is unpacked. */
const MAX_PIXELS = 0x100_0000;

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
  const { width, height, rgba } = decodePng(bytes, name, MAX_PIXELS, "a drawing of a digit");
  const top = rgba instanceof Uint16Array ? 65535 : 255;
  const luminance = new Float64Array(width * height);
  const alpha = new Float64Array(width * height);
  for (let i = 0; i < luminance.length; i++) {
    const at = 4 * i;
    luminance[i] = 0.299 * (rgba[at]! / top) + 0.587 * (rgba[at + 1]! / top) + 0.114 * (rgba[at + 2]! / top);
    alpha[i] = rgba[at + 3]! / top;
  }
  return { luminance, alpha, width, height };
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
