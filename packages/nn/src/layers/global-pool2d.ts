import type { LayerOptions } from "./layer.js";

export interface GlobalPool2dOptions<Kept extends boolean = boolean> extends LayerOptions {
  /** Whether height and width stay, with size 1; default false. */
  readonly keepDims?: Kept;
}
