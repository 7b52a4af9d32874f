import type { Loss } from "../losses/loss.js";
import type { LossDescription } from "./trained-model.js";

/** What a model's file says of the loss. */
export function describeLoss(loss: Loss): LossDescription {
  const { name, onLogits } = loss;
  return { name, config: loss.config?.() ?? {}, ...(onLogits && { onLogits }) };
}
