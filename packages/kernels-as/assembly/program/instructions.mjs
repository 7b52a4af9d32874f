// Instructions about the run itself.
import { data, input, itself, once, output, scratch, size, update } from "./table.mjs";

export const rows = {
  end: {
    doc: "The end of a program.",
    args: {},
    split: itself,
    cost: "0",
  },
  advance: {
    doc: "The u64 at `step` and the u32 at `tick` grow by 1, the u32 at `position` by `by`.",
    args: { step: update(1, "u64"), position: update(1, "u32"), by: size, tick: update(1, "u32") },
    split: once,
    cost: "0",
    from: "program/control",
    kernel: "advance(step, position, by, tick)",
  },
  stop_if_not_finite: {
    doc: "Leaves the program when the f32 at `x` is NaN or infinite.",
    args: { x: input(1) },
    split: itself,
    leaves: true,
    cost: "0",
    from: "program/control",
    kernel: "stop_if_not_finite(x)",
  },
  load_row: {
    doc: "The `n` words at `to` become row (the u32 at `tick`) of a table of such rows: the numbers of this run, f32 or f64.",
    args: {
      to: output("n", "u32"),
      table: input("(memory.word(tick) + 1) * n", "u32"),
      tick: input(1, "u32"),
      n: size,
    },
    split: once,
    cost: "0",
    from: "program/control",
    kernel: "load_row(to, table, tick, n)",
  },
  check_finite: {
    doc: "Writes `mark` to the u32 at `found`, if that is 0, when one of the n f32 at `x` is not finite.",
    args: { found: update(1, "u32"), x: input("n"), n: size, mark: size },
    split: once,
    cost: "n / 2",
    from: "program/control",
    kernel: "check_finite(found, x, n, mark)",
  },
  loop: {
    doc: `Runs the \`length\` instructions behind it \`count\` times. Each time but the first, the words of these instructions that \`moves\` names have
grown: it holds \`moved\` pairs of a word's place, counted from the body's first word, and what is added to it, in 32 bits, so that it may go
backwards. Every thread has a copy of the body in \`share\` bytes of its own. What lies in a body may be a loop too.`,
    args: {
      length: size,
      count: size,
      moves: data,
      moved: size,
      share: size,
      scratch: scratch("share * threads"),
    },
    split: itself,
    cost: "0",
  },
};
