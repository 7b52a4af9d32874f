// Instructions about the run itself: counters and the watch for values that are not finite.
import { arg_u } from "./arguments";
import { ADVANCE, CHECK_FINITE, LOAD_F64, STOP_IF_NOT_FINITE } from "./opcodes";

/** What `run_program` returns when an instruction here ends the run. */
export const stopped: u32 = 1;

/** @returns true when the program is to be left. */
export function dispatch_control(op: u32, at: usize, thread: u32): bool {
  if (op == ADVANCE) {
    if (thread == 0) advance(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3));
    return false;
  }
  if (op == STOP_IF_NOT_FINITE) return !is_finite_f32(load<f32>(arg_u(at, 0)));
  if (op == CHECK_FINITE) {
    if (thread == 0) check_finite(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3));
    return false;
  }
  if (op == LOAD_F64 && thread == 0) {
    const index = load<u32>(arg_u(at, 2));
    store<f64>(arg_u(at, 0), load<f64>(arg_u(at, 1) + (index << 3)));
  }
  return false;
}

/** The u64 at `step` and the u32 at `tick` grow by 1, the u32 at `position` by `by`. */
function advance(step: usize, position: usize, by: u32, tick: usize): void {
  store<u64>(step, load<u64>(step) + 1);
  store<u32>(position, load<u32>(position) + by);
  store<u32>(tick, load<u32>(tick) + 1);
}

/** x − x is 0 for a finite x and NaN for ±∞ and NaN. */
// @ts-ignore: decorator
@inline
function is_finite_f32(x: f32): bool {
  return x - x == 0;
}

/** If any of the n f32 at `x` is not finite and the u32 at `found` is still 0, writes `mark` there. */
function check_finite(found: usize, x: usize, n: u32, mark: u32): void {
  if (load<u32>(found) != 0) return;
  for (let i: u32 = 0; i < n; i++) {
    if (!is_finite_f32(load<f32>(x + (<usize>i << 2)))) {
      store<u32>(found, mark);
      return;
    }
  }
}
