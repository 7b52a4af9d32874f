import { FormatError } from "../../errors.js";
import { decodeJpeg, isJpeg } from "../readers/decode-jpeg.js";
import { decodePng, isPng } from "../readers/decode-png.js";

/** The most pixels of a picture, which take a quarter of a gigabyte; what the header claims is compared before anything is unpacked. */
const MOST_PIXELS = 0x400_0000;

/** A picture: red, green and blue of each pixel as bytes, row by row, [height, width, 3]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Whether a picture has no colour: red, green and blue are alike in every pixel, as in one without pixels. */
export function isGrey({ rgb }: Pick<Picture, "rgb">): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  return true;
}

/** Whether bytes begin as those of a picture that `decodePicture` reads. */
export function isPicture(bytes: Uint8Array): boolean {
  return isPng(bytes) || isJpeg(bytes);
}

/** How other pictures begin, so that an error can name them. */
const OTHERS: readonly (readonly [kind: string, at: number, begin: string])[] = [
  ["a GIF", 0, "GIF8"],
  ["a WebP picture", 8, "WEBP"],
  ["a BMP", 0, "BM"],
  ["a TIFF", 0, "II*\0"],
  ["a TIFF", 0, "MM\0*"],
  ["a HEIC or AVIF picture", 4, "ftyp"],
];

/**
 * Decodes a PNG or a JPEG, by its bytes and not by its name. What is transparent lies on white, as on a page; 16 bits become 8; grey
 * becomes three equal colours.
 * @throws {FormatError} `picture-unknown`, `picture-too-large` and the decoders' `png-damaged`, `png-too-large`, `jpeg-damaged`,
 * `jpeg-too-large`
 */
export function decodePicture(bytes: Uint8Array, name = "picture"): Picture {
  if (!isPicture(bytes)) {
    const [kind] = OTHERS.find(([, at, begin]) =>
      [...begin].every((letter, i) => bytes[at + i] === letter.charCodeAt(0)),
    ) ?? [bytes.length === 0 ? "an empty file" : "not a picture that Loam knows"];
    throw new FormatError("picture-unknown", `${name}: is ${kind}; save it as PNG or JPEG.`, {
      file: name,
      byte: 0,
    });
  }
  const { width, height, rgba } = isPng(bytes)
    ? decodePng(bytes, name, MOST_PIXELS)
    : decodeJpeg(bytes, name, MOST_PIXELS);
  return { width, height, rgb: onWhite(rgba) };
}

/** colour · alpha + white · (1 − alpha), rounded once. */
export function onWhite(rgba: Uint8Array | Uint16Array): Uint8Array {
  const top = rgba instanceof Uint16Array ? 65535 : 255;
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]!;
    for (let k = 0; k < 3; k++) {
      const value = rgba[from + k]!;
      if (top === 255 && alpha === 255) rgb[to + k] = value;
      else rgb[to + k] = Math.floor((255 * (value * alpha + top * (top - alpha))) / (top * top) + 0.5);
    }
  }
  return rgb;
}
