// Instructions about the run itself: counters and the watch for values that are not finite.
import { FINISHED, STOPPED } from "./constants";

/** The u64 at `step` and the u32 at `tick` grow by 1, the u32 at `position` by `by`. */
export function advance(step: usize, position: usize, by: u32, tick: usize): void {
  store<u64>(step, load<u64>(step) + 1);
  store<u32>(position, load<u32>(position) + by);
  store<u32>(tick, load<u32>(tick) + 1);
}

/** Whether the run is to end here, as `run_program` says it. */
export function stop_if_not_finite(x: usize): u32 {
  return is_finite_f32(load<f32>(x)) ? FINISHED : STOPPED;
}

/** The n words at `to` become row (the u32 at `tick`) of the table. */
export function load_row(to: usize, table: usize, tick: usize, n: u32): void {
  const bytes = <usize>n << 2;
  memory.copy(to, table + <usize>load<u32>(tick) * bytes, bytes);
}

/** x − x is 0 for a finite x and NaN for ±∞ and NaN. */
// @ts-ignore: decorator
@inline
function is_finite_f32(x: f32): bool {
  return x - x == 0;
}

/** If any of the n f32 at `x` is not finite and the u32 at `found` is still 0, writes `mark` there. */
export function check_finite(found: usize, x: usize, n: u32, mark: u32): void {
  if (load<u32>(found) != 0) return;
  for (let i: u32 = 0; i < n; i++) {
    if (!is_finite_f32(load<f32>(x + (<usize>i << 2)))) {
      store<u32>(found, mark);
      return;
    }
  }
}
