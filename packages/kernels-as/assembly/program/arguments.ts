// Reading an instruction's arguments, and a thread's share of its work.

/** Argument i of the instruction whose arguments begin at byte address `at`. */
// @ts-ignore: decorator
@inline
export function arg_u(at: usize, i: u32): u32 {
  return load<u32>(at + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
export function arg_i(at: usize, i: u32): i32 {
  return load<i32>(at + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
export function arg_f(at: usize, i: u32): f32 {
  return load<f32>(at + (<usize>i << 2));
}

/**
 * Where a thread's share of n elements begins, in whole grains of `grain` elements: ceil(n / grain) grains are dealt out as evenly
 * as they go. The share of thread t ends where that of t + 1 begins. Only for outputs that no other share touches.
 */
export function share_begin(n: u32, grain: u32, thread: u32, threads: u32): u32 {
  if (threads == 1) return n * thread; // the beginning or the end, without two divisions
  const grains = <u64>((n + grain - 1) / grain);
  const begin = <u32>((grains * thread) / threads) * grain;
  return min(begin, n);
}

// @ts-ignore: decorator
@inline
export function share_end(n: u32, grain: u32, thread: u32, threads: u32): u32 {
  return share_begin(n, grain, thread + 1, threads);
}
