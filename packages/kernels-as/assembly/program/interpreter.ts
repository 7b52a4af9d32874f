// Walks a program: every thread runs every instruction and takes its own share of it.
import { aborted, barrier } from "../threads/barrier";
import { arg_u } from "./arguments";
import { ARGUMENTS_SHIFT, CORRUPT, FAILED, FINISHED, FLAG_BARRIER, INSTRUCTION_WORDS } from "./constants";
import { ARGUMENT_COUNTS, dispatch } from "./dispatch.gen";
import { END, LOOP, OPCODES } from "./opcodes.gen";

const BYTES: usize = INSTRUCTION_WORDS << 2;
const ARGUMENTS: usize = 8;

/** Runs the program at byte address `program` as thread `thread` of `threads`. @returns one of the outcomes in constants.ts. */
export function run_program(program: usize, thread: u32, threads: u32): u32 {
  const outcome = run_from(program, 0, thread, threads);
  if (outcome == FAILED) return FAILED;
  // What ends a run is decided from memory that every thread sees alike, so all of them leave together.
  barrier(threads);
  return aborted() ? FAILED : outcome;
}

/** Whether the word at `at` is an instruction's, with as many arguments as it has. */
// @ts-ignore: decorator
@inline
function is_instruction(at: usize): bool {
  const op = load<u32>(at);
  return op < OPCODES && load<u32>(at, 4) >> ARGUMENTS_SHIFT == <u32>load<u8>(ARGUMENT_COUNTS + op);
}

/** Runs the instructions from `at` to before `stop`, or to the program's end where `stop` is 0. */
function run_from(at: usize, stop: usize, thread: u32, threads: u32): u32 {
  while (at != stop) {
    if (!is_instruction(at)) return CORRUPT;
    const op = load<u32>(at);
    if (load<u32>(at, 4) & FLAG_BARRIER) {
      barrier(threads);
      if (aborted()) return FAILED;
    }
    if (op == END) return stop == 0 ? FINISHED : CORRUPT;
    const arguments = at + ARGUMENTS;
    at += BYTES;
    if (op == LOOP) {
      const outcome = run_loop(arguments, at, stop, thread, threads);
      if (outcome != FINISHED) return outcome;
      at += <usize>arg_u(arguments, 0) * BYTES;
    } else {
      const outcome = dispatch(op, arguments, thread, threads);
      if (outcome != FINISHED) return outcome;
    }
  }
  return FINISHED;
}

/** Runs a loop whose arguments lie at `args` and whose body begins at `body`, inside instructions that go on to `stop`. */
function run_loop(args: usize, body: usize, stop: usize, thread: u32, threads: u32): u32 {
  const length = arg_u(args, 0);
  const moves = <usize>arg_u(args, 2);
  const moved = arg_u(args, 3);
  const share = arg_u(args, 4);
  if (!is_body(body, length, stop) || !are_moves(moves, moved, length) || share / <u32>BYTES < length) return CORRUPT;
  const copy = <usize>arg_u(args, 5) + <usize>share * thread;
  const bytes = <usize>length * BYTES;
  memory.copy(copy, body, bytes);
  for (let turn = arg_u(args, 1); turn > 0; turn--) {
    const outcome = run_from(copy, copy + bytes, thread, threads);
    if (outcome != FINISHED) return outcome;
    for (let i: u32 = 0, at = moves; i < moved; i++, at += 8) {
      const word = copy + (<usize>load<u32>(at) << 2);
      store<u32>(word, load<u32>(word) + load<u32>(at, 4));
    }
  }
  return FINISHED;
}

/** Whether `length` instructions lie there before the program, or what is repeated around them, is over. */
function is_body(body: usize, length: u32, stop: usize): bool {
  for (let at = body; length > 0; length--, at += BYTES) {
    if (at == stop || !is_instruction(at) || load<u32>(at) == END) return false;
  }
  return true;
}

/** Whether each move is one of an argument of the body. */
function are_moves(moves: usize, moved: u32, length: u32): bool {
  for (; moved > 0; moved--, moves += 8) {
    const word = load<u32>(moves);
    if (word / INSTRUCTION_WORDS >= length || word % INSTRUCTION_WORDS < <u32>(ARGUMENTS >> 2)) return false;
  }
  return true;
}
