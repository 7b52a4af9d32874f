import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { reshape } from "../ops/reshape.js";
import { requireAxis } from "./axis.js";
import { Layer, type LayerOptions } from "./layer.js";
import type { OptionRule } from "./option-rules.js";
import type { SymbolicTensor } from "./symbolic.js";

export interface PerChannelOptions extends LayerOptions {
  /**
   * The axis of the channels, counted with the batch, which is axis 0, or back from −1, as Keras counts it. By default "auto": the last of sequences
   * [batch, steps, features] and of vectors, and 1 of pictures [batch, channels, height, width]. A file that was written before there was this
   * option means 1.
   */
  readonly axis?: number | "auto";
}

/** The rule of the option. */
export const channelAxis: OptionRule<number | "auto"> = (owner, name, given = "auto") =>
  given === "auto" ? given : requireAxis(owner, name, given);

/**
 * What layers have in common that have numbers of their own for each channel: x [batch, …, channels, …] → y of the same shape. Of vectors
 * [batch, features] each feature is a channel.
 */
export abstract class PerChannel extends Layer {
  declare readonly axis: number | "auto";
  /** Over what the layer has been applied. */
  readonly #applied = { anything: false, sequences: false };

  /** The channels' axis in samples of a shape, counted with the batch. */
  axisIn({ length }: Shape): number {
    if (this.axis === "auto") return length === 2 ? 2 : 1;
    return this.axis < 0 ? length + 1 + this.axis : this.axis;
  }

  override apply(x: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor {
    const y = super.apply(x);
    this.#applied.anything = true;
    this.#applied.sequences ||= y.shape.length === 2;
    return y;
  }

  /** Without the axis where files have always meant what it is: 1, of a layer that is in use and not over sequences. */
  override config(): Record<string, unknown> {
    const { axis, ...config } = super.config();
    const { anything, sequences } = this.#applied;
    const usual = axis === "auto" || (axis === 1 && anything);
    return usual && !sequences ? config : { ...config, axis };
  }

  override outputShape(inputShape: Shape): Shape {
    const axis = this.axisIn(inputShape);
    const size = inputShape[axis - 1];
    const channels = this.variables[0]?.shape[0];
    if (size !== undefined && (channels === undefined || channels === size)) return inputShape;
    const isLast = axis > 1 && axis === inputShape.length;
    throw this.shapeError(
      "channels-input",
      [...(axis > 1 ? ["..."] : []), channels ?? "channels", ...(isLast ? [] : ["..."])],
      inputShape,
      size !== undefined
        ? "its parameters were made for the former"
        : inputShape.length === 0
          ? "give every sample at least one number"
          : `axis ${this.axis} is none of it`,
    );
  }

  /** How many channels there are in samples of a shape. */
  protected channelsIn(inputShape: Shape): number {
    return inputShape[this.axisIn(inputShape) - 1]!;
  }

  /** A vector [channels] in the shape in which it broadcasts over x: [channels, 1, 1] for images. */
  protected alongChannels(vector: Tensor, { shape: [, ...sample] }: Tensor): Tensor {
    const after = sample.slice(this.axisIn(sample));
    return after.length === 0 ? vector : reshape(vector, [...vector.shape, ...after.map(() => 1)]);
  }
}
