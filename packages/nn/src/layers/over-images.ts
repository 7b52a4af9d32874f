import type { Shape } from "../graph/shape.js";
import { Layer } from "./layer.js";

/** What layers over images have in common that have no windows: x [batch, channels, height, width]. */
export abstract class OverImages extends Layer {
  /** @throws {ShapeError} `image-input` for samples that are no images. */
  protected requireImage(inputShape: Shape): readonly [channels: number, height: number, width: number] {
    if (inputShape.length === 3) return inputShape as unknown as [number, number, number];
    throw this.shapeError(
      "image-input",
      ["channels", "height", "width"],
      inputShape,
      "put it before the Flatten layer, over images",
    );
  }
}
