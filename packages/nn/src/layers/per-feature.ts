import type { Shape } from "../graph/shape.js";
import { Layer } from "./layer.js";

/** What layers have in common that have numbers of their own for each feature: x [batch, …, features] → y of the same shape. */
export abstract class PerFeature extends Layer {
  override outputShape(inputShape: Shape): Shape {
    const features = this.variables[0]?.shape[0];
    if (inputShape.length === 0 || (features !== undefined && features !== inputShape.at(-1))) {
      throw this.shapeError(
        "features-input",
        ["...", features ?? "features"],
        inputShape,
        features === undefined
          ? "give every sample at least one number"
          : "its parameters were made for the former",
      );
    }
    return inputShape;
  }
}
