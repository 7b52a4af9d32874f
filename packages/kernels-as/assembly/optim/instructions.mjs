// Instructions of the optim family: one update of everything in a flat block of f32 parameters. Gradients and slots lie in blocks of the same
// layout; `scalars` is the address of f64s; `table` of `count` ranges (see optimizerTable), which do not overlap.
// g below is the gradient plus λθ; PyTorch's formulas throughout.
import { flag, input, optional, over, size, update } from "../program/table.mjs";

export const functions = { "constants/optim.gen": ["RANGE_BYTES"], "instructions/optim": ["rangesExtent"] };
export const helpers = { table_extent: "optim/range" };

/** Whole cache lines, also of what a slot in float64 would take. */
const share = over("table_extent(table, count)", 64);
const extent = "rangesExtent(args, memory)";
/** How many ranges there are says nothing of their lengths, which are data: an update counts for nothing. */
const cost = "0";
const blocks = { params: update(extent), grads: input(extent) };
const table = { table: input("count * RANGE_BYTES / 4", "u32"), count: size };

export const rows = {
  sgd: {
    doc: "scalars: α, μ. v ← μv + g, θ ← θ − α·v, or −α·(g + μv) with nesterov. velocity 0: θ ← θ − α·g.",
    args: { ...blocks, velocity: optional(update(extent)), scalars: input(2, "f64"), ...table, nesterov: flag },
    split: share,
    cost,
    from: "optim/sgd",
    kernel: "sgd_f32(params, grads, velocity, scalars, table, count, nesterov, begin, end)",
  },
  adagrad: {
    doc: "scalars: α, ε. s ← s + g², θ ← θ − α·g / (√s + ε).",
    args: { ...blocks, accumulator: update(extent), scalars: input(2, "f64"), ...table },
    split: share,
    cost,
    from: "optim/adagrad",
    kernel: "adagrad_f32(params, grads, accumulator, scalars, table, count, begin, end)",
  },
  rmsprop: {
    doc: "scalars: α, ρ, ε. s ← ρs + (1 − ρ)g², θ ← θ − α·g / (√s + ε).",
    args: { ...blocks, meanSquare: update(extent), scalars: input(3, "f64"), ...table },
    split: share,
    cost,
    from: "optim/rmsprop",
    kernel: "rmsprop_f32(params, grads, meanSquare, scalars, table, count, begin, end)",
  },
  adadelta: {
    doc: "scalars: α, ρ, ε. s ← ρs + (1 − ρ)g², Δ = g·√(u + ε) / √(s + ε), u ← ρu + (1 − ρ)Δ², θ ← θ − α·Δ.",
    args: {
      ...blocks,
      meanSquare: update(extent),
      meanSquareUpdate: update(extent),
      scalars: input(3, "f64"),
      ...table,
    },
    split: share,
    cost,
    from: "optim/adadelta",
    kernel: "adadelta_f32(params, grads, meanSquare, meanSquareUpdate, scalars, table, count, begin, end)",
  },
  adam: {
    doc: `scalars: α, β₁, β₂, ε. m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − α·m̂ / (√v̂ + ε), where m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) and t − 1 is the u64
at \`step\`. decoupled 1: AdamW, g without λθ and first θ ← θ − αλθ.`,
    args: {
      ...blocks,
      m: update(extent),
      v: update(extent),
      scalars: input(4, "f64"),
      step: input(1, "u64"),
      ...table,
      decoupled: flag,
    },
    split: share,
    cost,
    from: "optim/adam",
    kernel: "adam_f32(params, grads, m, v, scalars, load<u64>(step), table, count, decoupled, begin, end)",
  },
};
