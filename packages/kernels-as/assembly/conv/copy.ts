// Short copies and fills: a call to the host's memory.copy costs more than the few vectors that most of them move.

/** to[i] = from[i] for i < n f32. No overlap. */
// @ts-ignore: decorator
@inline
export function copy_f32(to: usize, from: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) v128.store(to + (<usize>i << 2), v128.load(from + (<usize>i << 2)));
  for (; i < n; i++) f32.store(to + (<usize>i << 2), f32.load(from + (<usize>i << 2)));
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
