import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "../ops/reshape.js";
import { Layer } from "./layer.js";

/**
 * What layers have in common that have numbers of their own for each channel: x [batch, channels, …] → y of the same shape. Of vectors
 * [batch, features] each feature is a channel.
 */
export abstract class PerChannel extends Layer {
  override outputShape(inputShape: Shape): Shape {
    const channels = this.variables[0]?.shape[0];
    if (inputShape.length === 0 || (channels !== undefined && channels !== inputShape[0])) {
      throw this.shapeError(
        "channels-input",
        [channels ?? "channels", "..."],
        inputShape,
        channels === undefined
          ? "give every sample at least one number"
          : "its parameters were made for the former",
      );
    }
    return inputShape;
  }

  /** A vector [channels] in the shape in which it broadcasts over x: [channels, 1, 1] for images. */
  protected alongChannels(vector: Tensor, x: Tensor): Tensor {
    return reshape(vector, [...vector.shape, ...x.shape.slice(2).map(() => 1)]);
  }
}
