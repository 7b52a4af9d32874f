import type { Pair } from "../graph/geometry.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { pad } from "../ops/parts.js";
import type { LayerOptions } from "./layer.js";
import { type OptionRule, padding } from "./option-rules.js";
import { OverImages } from "./over-images.js";
import { type PaddingOption, resolvePadding } from "./window.js";

export interface ZeroPad2dOptions extends LayerOptions {
  /** As many on every side, [height, width] for both sides of each axis, or [top, bottom, left, right]; default 1. */
  readonly padding?: Exclude<PaddingOption, "same" | "valid">;
}

const ONE: Pair = [1, 1];
const pads: OptionRule<Exclude<PaddingOption, "same" | "valid">> = (owner, name, given = 1) =>
  padding(owner, name, given === "same" || given === "valid" ? [] : given) as Exclude<
    PaddingOption,
    "same" | "valid"
  >;

/**
 * Zeros around images: x [batch, channels, height, width] → y [batch, channels, top + height + bottom, left + width + right]. A convolution has a
 * `padding` of its own, which costs no copy.
 * @throws {ConfigError} `padding-not-usable`. @throws {ShapeError} `image-input`.
 */
export class ZeroPad2d extends OverImages {
  readonly type = "ZeroPad2d";
  declare readonly padding: Exclude<PaddingOption, "same" | "valid">;

  constructor(options: ZeroPad2dOptions = {}) {
    super(options);
    this.take<ZeroPad2dOptions, ZeroPad2d>(options, { padding: pads });
  }

  override outputShape(inputShape: Shape): Shape {
    const [channels, height, width] = this.requireImage(inputShape);
    const [top, bottom, left, right] = this.#pads();
    return [channels, top + height + bottom, left + width + right];
  }

  override call(x: Tensor): Tensor {
    const [top, bottom, left, right] = this.#pads();
    return pad(
      x,
      [
        [top, bottom],
        [left, right],
      ],
      [2, 3],
    );
  }

  #pads() {
    return resolvePadding(this.padding, ONE, ONE, ONE, ONE);
  }
}
