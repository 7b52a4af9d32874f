import { requireIn } from "../errors.js";
import { requireOptions } from "../options.js";

/** The option of losses whose targets may be less certain (Szegedy et al., 2016). */
export interface LabelSmoothing {
  /** s: the share of each target that is spread evenly over all answers, in [0, 1); default 0. */
  readonly labelSmoothing?: number;
}

/** The share that is spread. @throws {ConfigError} `label-smoothing-out-of-range`, `unknown-option`. */
export function requireLabelSmoothing(loss: string, options: LabelSmoothing): number {
  requireOptions(loss, options, ["labelSmoothing"]);
  const { labelSmoothing = 0 } = options;
  requireIn(loss, "labelSmoothing", labelSmoothing, "[0, 1)");
  return labelSmoothing;
}
