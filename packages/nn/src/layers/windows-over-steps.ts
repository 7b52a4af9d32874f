import type { Shape } from "../graph/shape.js";
import { OverSteps } from "./over-steps.js";
import { type StepsWindow, stepsWindows } from "./steps-window.js";

/** What layers have in common whose windows slide over the steps of a sequence. */
export abstract class WindowsOverSteps extends OverSteps {
  /** How many windows there are over a sample's steps. @throws {ShapeError} `steps-input` where none fits. */
  protected requireWindows(window: StepsWindow, inputShape: Shape): number {
    const { windows, least } = stepsWindows(this, window, inputShape[0]!);
    if (windows >= 1) return windows;
    const remedy = `use a smaller kernelSize, or padding "same"`;
    throw this.shapeError("steps-input", [`at least ${least}`, inputShape[1]!], inputShape, remedy);
  }
}
