// Walks a program: every thread runs every instruction and takes its own share of it.
import { aborted, barrier } from "../threads/barrier";
import { ARGUMENTS_SHIFT, CORRUPT, FAILED, FINISHED, FLAG_BARRIER, INSTRUCTION_WORDS } from "./constants";
import { ARGUMENT_COUNTS, dispatch } from "./dispatch.gen";
import { END, OPCODES } from "./opcodes.gen";

const BYTES: usize = INSTRUCTION_WORDS << 2;
const ARGUMENTS: usize = 8;

/** Runs the program at byte address `program` as thread `thread` of `threads`. @returns one of the outcomes in constants.ts. */
export function run_program(program: usize, thread: u32, threads: u32): u32 {
  let at = program;
  let outcome = FINISHED;
  while (true) {
    const op = load<u32>(at);
    const flags = load<u32>(at, 4);
    if (op >= OPCODES || flags >> ARGUMENTS_SHIFT != <u32>load<u8>(ARGUMENT_COUNTS + op)) {
      outcome = CORRUPT;
      break;
    }
    if (flags & FLAG_BARRIER) {
      barrier(threads);
      if (aborted()) return FAILED;
    }
    if (op == END) break;
    outcome = dispatch(op, at + ARGUMENTS, thread, threads);
    if (outcome != FINISHED) break;
    at += BYTES;
  }
  // What ends a run is decided from memory that every thread sees alike, so all of them leave together.
  barrier(threads);
  return aborted() ? FAILED : outcome;
}
