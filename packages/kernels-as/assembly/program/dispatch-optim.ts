// Instructions of the optim family: see src/instructions/optim.ts.
import { adadelta_f32 } from "../optim/adadelta";
import { adagrad_f32 } from "../optim/adagrad";
import { adam_f32 } from "../optim/adam";
import { table_extent } from "../optim/range";
import { rmsprop_f32 } from "../optim/rmsprop";
import { sgd_f32 } from "../optim/sgd";
import { arg_u, share_begin, share_end } from "./arguments";
import * as code from "./opcodes";

/** Elements that a share is a multiple of: whole cache lines. */
const GRAIN: u32 = 64;

export function dispatch_optim(op: u32, at: usize, thread: u32, threads: u32): void {
  const theta: usize = arg_u(at, 0);
  const g: usize = arg_u(at, 1);
  if (op == code.ADAM) {
    const table: usize = arg_u(at, 6);
    const count = arg_u(at, 7);
    const n = table_extent(table, count);
    const begin = share_begin(n, GRAIN, thread, threads);
    const end = share_end(n, GRAIN, thread, threads);
    const step = load<u64>(arg_u(at, 5));
    adam_f32(theta, g, arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), step, table, count, arg_u(at, 8), begin, end);
  } else if (op == code.ADADELTA) {
    const table: usize = arg_u(at, 5);
    const count = arg_u(at, 6);
    const n = table_extent(table, count);
    const begin = share_begin(n, GRAIN, thread, threads);
    const end = share_end(n, GRAIN, thread, threads);
    adadelta_f32(theta, g, arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), table, count, begin, end);
  } else {
    const s: usize = arg_u(at, 2);
    const scalars: usize = arg_u(at, 3);
    const table: usize = arg_u(at, 4);
    const count = arg_u(at, 5);
    const n = table_extent(table, count);
    const begin = share_begin(n, GRAIN, thread, threads);
    const end = share_end(n, GRAIN, thread, threads);
    if (op == code.SGD) sgd_f32(theta, g, s, scalars, table, count, arg_u(at, 6), begin, end);
    else if (op == code.ADAGRAD) adagrad_f32(theta, g, s, scalars, table, count, begin, end);
    else if (op == code.RMSPROP) rmsprop_f32(theta, g, s, scalars, table, count, begin, end);
  }
}
