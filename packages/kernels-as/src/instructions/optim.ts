import { ADADELTA, ADAGRAD, ADAM, RMSPROP, SGD } from "../generated/opcodes.js";

/** Words of one entry in an optimizer's table of ranges. */
export const OPTIMIZER_RANGE_WORDS = 8;

/** A stretch of the flat block of parameters with settings of its own. */
export interface OptimizerRange {
  /** First element, and how many. */
  readonly offset: number;
  readonly length: number;
  /** What the learning rate is multiplied by (default 1). */
  readonly learningRateFactor?: number;
  /** λ (default 0): added to the gradient as λθ, or taken off the parameter by itself where the instruction is decoupled. */
  readonly weightDecay?: number;
  /** True: neither the parameters nor the slots change. */
  readonly frozen?: boolean;
}

/** The words of a table of ranges: offset, length, learning-rate factor and weight decay (f32), frozen, three spare. */
export function optimizerTable(ranges: readonly OptimizerRange[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(ranges.length * OPTIMIZER_RANGE_WORDS);
  const floats = new Float32Array(words.buffer);
  ranges.forEach(({ offset, length, learningRateFactor = 1, weightDecay = 0, frozen = false }, i) => {
    const at = i * OPTIMIZER_RANGE_WORDS;
    words[at] = offset;
    words[at + 1] = length;
    floats[at + 2] = learningRateFactor;
    floats[at + 3] = weightDecay;
    words[at + 4] = frozen ? 1 : 0;
  });
  return words;
}

/**
 * Instructions of the optim family: one update of everything in a flat block of f32 parameters. Gradients and slots lie in blocks of the same
 * layout; `scalars` is the address of f64s; `table` of `count` ranges (see optimizerTable), which do not overlap.
 * g below is the gradient plus λθ; PyTorch's formulas throughout.
 */
export const optimInstructions = {
  /** scalars: α, μ. v ← μv + g, θ ← θ − α·v, or −α·(g + μv) with nesterov. velocity 0: θ ← θ − α·g. */
  sgd: {
    opcode: SGD,
    args: ["params:p", "grads:p", "velocity:p", "scalars:p", "table:p", "count:u", "nesterov:u"],
  },
  /** scalars: α, ε. s ← s + g², θ ← θ − α·g / (√s + ε). */
  adagrad: {
    opcode: ADAGRAD,
    args: ["params:p", "grads:p", "accumulator:p", "scalars:p", "table:p", "count:u"],
  },
  /** scalars: α, ρ, ε. s ← ρs + (1 − ρ)g², θ ← θ − α·g / (√s + ε). */
  rmsprop: {
    opcode: RMSPROP,
    args: ["params:p", "grads:p", "meanSquare:p", "scalars:p", "table:p", "count:u"],
  },
  /** scalars: α, ρ, ε. s ← ρs + (1 − ρ)g², Δ = g·√(u + ε) / √(s + ε), u ← ρu + (1 − ρ)Δ², θ ← θ − α·Δ. */
  adadelta: {
    opcode: ADADELTA,
    args: ["params:p", "grads:p", "meanSquare:p", "meanSquareUpdate:p", "scalars:p", "table:p", "count:u"],
  },
  /**
   * scalars: α, β₁, β₂, ε. m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − α·m̂ / (√v̂ + ε), where m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) and
   * t − 1 is the u64 at `step`. decoupled 1: AdamW, g without λθ and first θ ← θ − αλθ.
   */
  adam: {
    opcode: ADAM,
    args: ["params:p", "grads:p", "m:p", "v:p", "scalars:p", "step:p", "table:p", "count:u", "decoupled:u"],
  },
} as const;
