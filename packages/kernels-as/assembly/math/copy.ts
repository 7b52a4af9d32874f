// Short copies and fills: a call to the host's memory.copy costs more than the few vectors that most of them move.

/** to[i] = from[i] for i < n f32. No overlap. */
// @ts-ignore: decorator
@inline
export function copy_f32(to: usize, from: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) v128.store(to + (<usize>i << 2), v128.load(from + (<usize>i << 2)));
  for (; i < n; i++) f32.store(to + (<usize>i << 2), f32.load(from + (<usize>i << 2)));
}

/** copy_f32 of a run whose rest is copied in the last vector of four, which lies over the one before: shorter than a loop over what is left. */
// @ts-ignore: decorator
@inline
export function copy_run_f32(to: usize, from: usize, n: u32): void {
  if (n < 4) {
    copy_f32(to, from, n);
    return;
  }
  const last = <usize>(n - 4) << 2;
  for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
  v128.store(to + last, v128.load(from + last));
}

/** to[i] = 0 for i < n f32. */
// @ts-ignore: decorator
@inline
export function zero_f32(to: usize, n: u32): void {
  const zero = f32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) v128.store(to + (<usize>i << 2), zero);
  for (; i < n; i++) f32.store(to + (<usize>i << 2), 0);
}

/** to[i] += from[i] for i < n f32. No overlap. */
// @ts-ignore: decorator
@inline
export function add_f32(to: usize, from: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const at = to + (<usize>i << 2);
    v128.store(at, f32x4.add(v128.load(at), v128.load(from + (<usize>i << 2))));
  }
  for (; i < n; i++) {
    const at = to + (<usize>i << 2);
    f32.store(at, f32.load(at) + f32.load(from + (<usize>i << 2)));
  }
}
