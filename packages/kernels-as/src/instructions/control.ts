import { ADVANCE, CHECK_FINITE, END, LOAD_F64, STOP_IF_NOT_FINITE } from "../generated/opcodes.js";

/** Instructions about the run itself. */
export const controlInstructions = {
  /** The end of a program. */
  end: { opcode: END, args: [] },
  /** The u64 at `step` and the u32 at `tick` grow by 1, the u32 at `position` by `by`. */
  advance: { opcode: ADVANCE, args: ["step:p", "position:p", "by:u", "tick:p"] },
  /** Leaves the program when the f32 at `x` is NaN or infinite. */
  stop_if_not_finite: { opcode: STOP_IF_NOT_FINITE, args: ["x:p"] },
  /** The f64 at `to` becomes the one at index (the u32 at `tick`) of the table: a schedule's value for this run. */
  load_f64: { opcode: LOAD_F64, args: ["to:p", "table:p", "tick:p"] },
  /** Writes `mark` to the u32 at `found`, if that is 0, when one of the n f32 at `x` is not finite. */
  check_finite: { opcode: CHECK_FINITE, args: ["found:p", "x:p", "n:u", "mark:u"] },
} as const;
