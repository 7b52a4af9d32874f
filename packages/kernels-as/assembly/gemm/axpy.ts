/**
 * y[i] ← alpha·x[i] + y[i] for begin <= i < end, the product rounded before the sum, in both binaries and in the tail alike.
 *
 * y, x: byte addresses of f32; begin, end: elements. x may be y.
 */
export function axpy_f32(y: usize, x: usize, alpha: f32, begin: u32, end: u32): void {
  const a = f32x4.splat(alpha);
  let left = end - begin;
  y += <usize>begin << 2;
  x += <usize>begin << 2;
  while (left >= 4) {
    v128.store(y, f32x4.add(f32x4.mul(a, v128.load(x)), v128.load(y)));
    y += 16;
    x += 16;
    left -= 4;
  }
  while (left > 0) {
    f32.store(y, alpha * f32.load(x) + f32.load(y));
    y += 4;
    x += 4;
    left--;
  }
}
