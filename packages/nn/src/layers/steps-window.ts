import { ConfigError, type ErrorOwner, ownerLabel, showValue } from "../errors.js";
import { type Pair, windowCount } from "../graph/geometry.js";
import type { OptionRule } from "./option-rules.js";
import { leastSize, resolvePadding } from "./window.js";

/**
 * What surrounds a sequence: as many zeros before and behind, none ("valid"), or so many that there are ⌈steps / stride⌉ windows ("same"; an
 * odd one goes behind, as in Keras).
 */
export type StepsPaddingOption = number | "same" | "valid";

/** How windows slide over the steps of a sequence. */
export interface StepsWindow {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: StepsPaddingOption | "causal";
  readonly dilation: number;
}

/** Checks a padding; 0 where there is none. @throws {ConfigError} `padding-not-usable` */
function paddingOf<Word extends string>(words: readonly Word[]): OptionRule<number | Word> {
  return (owner: ErrorOwner, _, given = 0) => {
    if (words.includes(given as Word)) return given as Word;
    if (Number.isSafeInteger(given) && (given as number) >= 0) return given as number;
    throw new ConfigError(
      "padding-not-usable",
      `${ownerLabel(owner)}: padding must be ${words.map(showValue).join(", ")} or an integer of at least 0, got ${showValue(given)}.`,
    );
  };
}

export const stepsPadding = paddingOf(["same", "valid"]);

/** "causal" as well: all zeros before, so that no window sees what comes after its step. */
export const causalPadding = paddingOf(["same", "valid", "causal"]);

/** The pads before and behind so many steps. */
export function stepsPads({ kernelSize, stride, padding, dilation }: StepsWindow, steps: number): Pair {
  if (padding === "causal") return [dilation * (kernelSize - 1), 0];
  const both = typeof padding === "number" ? ([0, padding] as const) : padding;
  const [, , before, behind] = resolvePadding(both, [1, steps], [1, kernelSize], [1, stride], [1, dilation]);
  return [before, behind];
}

/** How many windows there are over so many steps, below 1 where none fits, and how many steps there must be. */
export function stepsWindows(
  owner: ErrorOwner,
  window: StepsWindow,
  steps: number,
): { windows: number; least: number } {
  const { kernelSize, stride, dilation } = window;
  const [before, behind] = stepsPads(window, steps);
  return {
    windows: windowCount(owner, steps, before + behind, kernelSize, stride, dilation),
    least: leastSize(before + behind, kernelSize, dilation),
  };
}
