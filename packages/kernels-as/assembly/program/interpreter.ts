// Walks a program: every thread runs every instruction and takes its own share of it.
import { aborted, barrier } from "../threads/barrier";
import { dispatch_control, stopped } from "./dispatch-control";
import { dispatch_conv } from "./dispatch-conv";
import { dispatch_data } from "./dispatch-data";
import { dispatch_elementwise } from "./dispatch-elementwise";
import { dispatch_gemm } from "./dispatch-gemm";
import { dispatch_optim } from "./dispatch-optim";
import { dispatch_reduce } from "./dispatch-reduce";
import { END, FLAG_BARRIER, INSTRUCTION_WORDS } from "./opcodes";

const BYTES: usize = INSTRUCTION_WORDS << 2;
const ARGUMENTS: usize = 8;

/**
 * Runs the program at byte address `program` as thread `thread` of `threads`.
 *
 * @returns 0 when it came to its end, 1 when a STOP_IF_NOT_FINITE left it, 2 when another thread failed.
 */
export function run_program(program: usize, thread: u32, threads: u32): u32 {
  let at = program;
  while (true) {
    const op = load<u32>(at);
    if (load<u32>(at, 4) & FLAG_BARRIER) {
      barrier(threads);
      if (aborted()) return 2;
    }
    if (op == END) break;
    const args = at + ARGUMENTS;
    const family = op >> 8;
    if (family == 0x00) {
      if (dispatch_control(op, args, thread)) {
        // A stop is decided from memory that every thread sees alike, so all of them leave here together.
        barrier(threads);
        return stopped;
      }
    } else if (family == 0x01) dispatch_gemm(op, args, thread, threads);
    else if (family == 0x02) dispatch_conv(op, args, thread, threads);
    else if (family == 0x03) dispatch_elementwise(op, args, thread, threads);
    else if (family == 0x04) dispatch_reduce(op, args, thread, threads);
    else if (family == 0x05) dispatch_optim(op, args, thread, threads);
    else if (family == 0x06) dispatch_data(op, args, thread, threads);
    at += BYTES;
  }
  barrier(threads);
  return aborted() ? 2 : 0;
}
