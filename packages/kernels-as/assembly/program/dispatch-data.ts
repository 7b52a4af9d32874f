// Instructions of the data family: see src/instructions/data.ts.
import { gather_f32, gather_labels_u8, gather_u32, gather_u8 } from "../data/gather";
import { arg_f, arg_u, share_begin, share_end } from "./arguments";
import * as code from "./opcodes";

/** Labels of a thread's share fill a cache line. */
const LABELS: u32 = 16;

export function dispatch_data(op: u32, at: usize, thread: u32, threads: u32): void {
  const y: usize = arg_u(at, 0);
  const x: usize = arg_u(at, 1);
  const indices = <usize>arg_u(at, 2) + (<usize>load<u32>(arg_u(at, 3)) << 2);
  const batch = arg_u(at, 4);
  const features: usize = arg_u(at, 5);
  if (op == code.GATHER_U8 || op == code.GATHER_F32) {
    const begin = share_begin(batch, 1, thread, threads);
    const end = share_end(batch, 1, thread, threads);
    const scale = arg_f(at, 6);
    const shift = arg_f(at, 7);
    if (op == code.GATHER_U8) {
      gather_u8(y, x, indices, features, scale, shift, arg_u(at, 8), arg_u(at, 9), begin, end);
    } else {
      gather_f32(y, x, indices, features, scale, shift, arg_u(at, 8), arg_u(at, 9), begin, end);
    }
    return;
  }
  const begin = share_begin(batch, LABELS, thread, threads);
  const end = share_end(batch, LABELS, thread, threads);
  if (op == code.GATHER_U32) gather_u32(y, x, indices, features, begin, end);
  else if (op == code.GATHER_LABELS_U8) gather_labels_u8(y, x, indices, features, begin, end);
}
