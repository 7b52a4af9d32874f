import { ownerLabel, ShapeError } from "../errors.js";
import { formatShape, sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { Layer } from "./layer.js";

/** What pools over all steps have in common: x [batch, steps, features], or `[x, mask]` with a mask [batch, steps]. */
export abstract class GlobalPool1d extends Layer {
  override readonly takesSeveral = true;

  /** x, and its mask if there is one. @throws {ShapeError} `steps-input` */
  protected sequenceOf(inputs: readonly Tensor[]): { readonly x: Tensor; readonly mask: Tensor | undefined } {
    const [x, mask] = inputs;
    const masked = !mask || sameShape(mask.shape, x!.shape.slice(0, 2));
    if (x!.shape.length === 3 && inputs.length < 3 && masked) return { x: x!, mask };
    const got = inputs.map(({ shape }) => formatShape(["batch", ...shape.slice(1)])).join(" and ");
    throw new ShapeError(
      "steps-input",
      `${ownerLabel(this)}: expected input of shape [batch, steps, features], and a mask [batch, steps] if any, got ${got}; give it one row of features a step.`,
      this.name ? { layer: this.name } : {},
    );
  }
}
