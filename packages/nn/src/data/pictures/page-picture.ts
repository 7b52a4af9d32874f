import { PlatformError } from "../../errors.js";
import { onWhite, type Picture } from "./picture.js";

/** What a page has of pictures: the pixels of a canvas, or what a canvas can draw. */
export type PagePicture = ImageData | CanvasImageSource;

/**
 * A picture that a page shows: a canvas, an `ImageBitmap`, an `<img>` or a frame of a `<video>` that has come, or `ImageData`. What is transparent
 * lies on white. `planes` gives its channels as networks take them.
 *
 * ```ts
 * const picture = resize(pictureOfPage(canvas), 28, 28);
 * const { probabilities } = await model.classify({ data: planes(picture, 3), shape: [1, 3, 28, 28] });
 * ```
 * @throws {PlatformError} `page-picture` where there is nothing to see yet, and for a picture of another origin, which a page may not look into.
 */
export function pictureOfPage(source: PagePicture): Picture {
  const { width, height, data } = "data" in source ? source : pixelsOf(source);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { width, height, rgb: onWhite(bytes) };
}

function pixelsOf(source: CanvasImageSource): ImageData {
  const { naturalWidth, videoWidth, displayWidth, width } = source as Sizes;
  const { naturalHeight, videoHeight, displayHeight, height } = source as Sizes;
  const size = [
    naturalWidth ?? videoWidth ?? displayWidth ?? width,
    naturalHeight ?? videoHeight ?? displayHeight ?? height,
  ];
  const [across = 0, down = 0] = size.map(Number);
  try {
    const context = new OffscreenCanvas(across, down).getContext("2d", { willReadFrequently: true })!;
    context.drawImage(source, 0, 0);
    return context.getImageData(0, 0, across, down);
  } catch (cause) {
    throw new PlatformError(
      "page-picture",
      `pictureOfPage: a picture of ${across} x ${down} pixels cannot be looked into: ${cause instanceof Error ? cause.message : cause}.`,
      { cause },
    );
  }
}

/** What the sides are called, by the kind of source. */
interface Sizes {
  readonly naturalWidth?: number;
  readonly naturalHeight?: number;
  readonly videoWidth?: number;
  readonly videoHeight?: number;
  readonly displayWidth?: number;
  readonly displayHeight?: number;
  readonly width?: number;
  readonly height?: number;
}
