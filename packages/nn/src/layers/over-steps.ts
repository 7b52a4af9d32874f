import type { Shape } from "../graph/shape.js";
import { Layer } from "./layer.js";

/** What layers over sequences have in common: x [batch, steps, features]. */
export abstract class OverSteps extends Layer {
  /** @throws {ShapeError} `steps-input` for a sample that is no sequence. */
  protected requireSteps(inputShape: Shape): { readonly steps: number; readonly features: number } {
    const [steps, features] = inputShape;
    if (inputShape.length === 2) return { steps: steps!, features: features! };
    throw this.shapeError(
      "steps-input",
      ["steps", "features"],
      inputShape,
      "give it one row of features a step, as an Embedding makes of ids",
    );
  }
}
