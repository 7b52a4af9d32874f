// What a programmer would write by hand in place of a map: each formula in one loop, its sums carried in float64 as the kernels carry theirs. Compiled
// by bench/maps.mjs with the compiler and the flags of the product; whole vectors only, so that columns are multiples of 4.
import { erf4 } from "../../packages/kernels-as/assembly/math/erf";
import { exp4 } from "../../packages/kernels-as/assembly/math/exp";
import { lanes_f64 } from "../../packages/kernels-as/assembly/reduce/lanes";
import { sum_f32 } from "../../packages/kernels-as/assembly/reduce/sum";

const CHUNK: usize = 256;
const ROWS: u32 = 32;
const EPSILON: f64 = 1e-5;

// @ts-ignore: decorator
@inline
function v(x: f32): v128 {
  return f32x4.splat(x);
}

/** y = x/2·(1 + erf(x/√2)). */
export function gelu(y: usize, x: usize, n: usize): void {
  for (let i: usize = 0; i < n << 2; i += 16) {
    const a = v128.load(x + i);
    const e = erf4(f32x4.mul(a, v(0.70710678)));
    v128.store(y + i, f32x4.mul(f32x4.mul(a, v(0.5)), f32x4.add(e, v(1))));
  }
}

/** dx = dy·(Φ(x) + x·φ(x)). */
export function gelu_gradient(dx: usize, x: usize, dy: usize, n: usize): void {
  for (let i: usize = 0; i < n << 2; i += 16) {
    const a = v128.load(x + i);
    const phi = f32x4.mul(exp4(f32x4.mul(f32x4.mul(a, a), v(-0.5))), v(0.39894228));
    const cdf = f32x4.mul(f32x4.add(erf4(f32x4.mul(a, v(0.70710678))), v(1)), v(0.5));
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.add(cdf, f32x4.mul(a, phi))));
  }
}

/** Σ (x − m)² over a row. */
function squares(x: usize, cols: usize, m: v128): f64 {
  let total: f64 = 0;
  for (let left = cols; left > 0; ) {
    const n = min(left, CHUNK);
    left -= n;
    let a = v(0);
    let b = a;
    let i: usize = 0;
    for (; i + 8 <= n; i += 8, x += 32) {
      const d = f32x4.sub(v128.load(x), m);
      const e = f32x4.sub(v128.load(x, 16), m);
      a = f32x4.add(a, f32x4.mul(d, d));
      b = f32x4.add(b, f32x4.mul(e, e));
    }
    if (i < n) {
      const d = f32x4.sub(v128.load(x), m);
      a = f32x4.add(a, f32x4.mul(d, d));
      x += 16;
    }
    total += lanes_f64(f32x4.add(a, b));
  }
  return total;
}

/** y = (x − mean)/√(var + ε)·g + b by row. */
export function layer_norm(y: usize, x: usize, g: usize, b: usize, rows: u32, cols: usize): void {
  const bytes = cols << 2;
  for (let r: u32 = 0; r < rows; r++, x += bytes, y += bytes) {
    const m = v(<f32>(sum_f32(x, cols) / <f64>cols));
    const inv = v(<f32>(1 / sqrt(squares(x, cols, m) / <f64>cols + EPSILON)));
    for (let i: usize = 0; i < bytes; i += 16) {
      const hat = f32x4.mul(f32x4.sub(v128.load(x + i), m), inv);
      v128.store(y + i, f32x4.add(f32x4.mul(hat, v128.load(g + i)), v128.load(b + i)));
    }
  }
}

/** y += x in f32 for `n` elements. */
// @ts-ignore: decorator
@inline
function add_to(y: usize, x: v128): void {
  v128.store(y, f32x4.add(v128.load(y), x));
}

/** The f32 sums at `part` are carried on to the f64 at `total`, and begin anew. */
function carry(total: usize, part: usize, cols: usize): void {
  for (let c: usize = 0; c < cols; c += 4, part += 16, total += 32) {
    const p = v128.load(part);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(p, p, 1, 1));
    v128.store(total, f64x2.add(v128.load(total), f64x2.promote_low_f32x4(p)));
    v128.store(total, f64x2.add(v128.load(total, 16), high), 16);
    v128.store(part, v(0));
  }
}

function finish(y: usize, total: usize, cols: usize, scale: f64): void {
  for (let c: usize = 0; c < cols; c++) store<f32>(y + (c << 2), <f32>(load<f64>(total + (c << 3)) * scale));
}

/** dx, dγ and dβ of layer_norm. work: 2·(4 + 8)·cols bytes. */
export function layer_norm_gradient(
  dx: usize,
  dg: usize,
  db: usize,
  x: usize,
  dy: usize,
  g: usize,
  rows: u32,
  cols: usize,
  work: usize,
): void {
  const bytes = cols << 2;
  const partG = work;
  const partB = work + bytes;
  const totalG = work + 2 * bytes;
  const totalB = work + 4 * bytes;
  memory.fill(work, 0, 6 * bytes);
  for (let r: u32 = 0; r < rows; r++, x += bytes, dy += bytes, dx += bytes) {
    const m = v(<f32>(sum_f32(x, cols) / <f64>cols));
    const inv = v(<f32>(1 / sqrt(squares(x, cols, m) / <f64>cols + EPSILON)));
    let s: f64 = 0;
    let t: f64 = 0;
    for (let from: usize = 0; from < bytes; from += CHUNK << 2) {
      let a = v(0);
      let b = a;
      const to = min(bytes, from + (CHUNK << 2));
      for (let i = from; i < to; i += 16) {
        const d = v128.load(dy + i);
        const hat = f32x4.mul(f32x4.sub(v128.load(x + i), m), inv);
        const dhat = f32x4.mul(d, v128.load(g + i));
        a = f32x4.add(a, dhat);
        b = f32x4.add(b, f32x4.mul(dhat, hat));
        add_to(partG + i, f32x4.mul(d, hat));
        add_to(partB + i, d);
      }
      s += lanes_f64(a);
      t += lanes_f64(b);
    }
    const meanS = v(<f32>(s / <f64>cols));
    const meanT = v(<f32>(t / <f64>cols));
    for (let i: usize = 0; i < bytes; i += 16) {
      const hat = f32x4.mul(f32x4.sub(v128.load(x + i), m), inv);
      const dhat = f32x4.mul(v128.load(dy + i), v128.load(g + i));
      v128.store(dx + i, f32x4.mul(f32x4.sub(f32x4.sub(dhat, meanS), f32x4.mul(hat, meanT)), inv));
    }
    if (r % ROWS == ROWS - 1 || r == rows - 1) {
      carry(totalG, partG, cols);
      carry(totalB, partB, cols);
    }
  }
  finish(dg, totalG, cols, 1);
  finish(db, totalB, cols, 1);
}

/** Mean and 1/√(var + ε) of every column, in two passes. */
function statistics(mean: usize, inv: usize, x: usize, rows: u32, cols: usize, work: usize): void {
  const bytes = cols << 2;
  const total = work + bytes;
  memory.fill(work, 0, 3 * bytes);
  for (let r: u32 = 0, at = x; r < rows; r++, at += bytes) {
    for (let i: usize = 0; i < bytes; i += 16) add_to(work + i, v128.load(at + i));
    if (r % ROWS == ROWS - 1 || r == rows - 1) carry(total, work, cols);
  }
  finish(mean, total, cols, 1 / <f64>rows);
  memory.fill(total, 0, 2 * bytes);
  for (let r: u32 = 0, at = x; r < rows; r++, at += bytes) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const d = f32x4.sub(v128.load(at + i), v128.load(mean + i));
      add_to(work + i, f32x4.mul(d, d));
    }
    if (r % ROWS == ROWS - 1 || r == rows - 1) carry(total, work, cols);
  }
  for (let c: usize = 0; c < cols; c++) {
    store<f32>(inv + (c << 2), <f32>(1 / sqrt(load<f64>(total + (c << 3)) / <f64>rows + EPSILON)));
  }
}

/** y = (x − mean)/√(var + ε)·g + b by column. work: 5·4·cols bytes. */
export function batch_norm(
  y: usize,
  x: usize,
  g: usize,
  b: usize,
  rows: u32,
  cols: usize,
  work: usize,
): void {
  const bytes = cols << 2;
  const mean = work;
  const inv = work + bytes;
  statistics(mean, inv, x, rows, cols, work + 2 * bytes);
  for (let r: u32 = 0; r < rows; r++, x += bytes, y += bytes) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const hat = f32x4.mul(f32x4.sub(v128.load(x + i), v128.load(mean + i)), v128.load(inv + i));
      v128.store(y + i, f32x4.add(f32x4.mul(hat, v128.load(g + i)), v128.load(b + i)));
    }
  }
}

/** dx, dγ and dβ of batch_norm. work: 8·4·cols bytes. */
export function batch_norm_gradient(
  dx: usize,
  dg: usize,
  db: usize,
  x: usize,
  dy: usize,
  g: usize,
  rows: u32,
  cols: usize,
  work: usize,
): void {
  const bytes = cols << 2;
  const mean = work;
  const inv = work + bytes;
  const parts = work + 2 * bytes;
  const totals = work + 4 * bytes;
  statistics(mean, inv, x, rows, cols, parts);
  memory.fill(parts, 0, 6 * bytes);
  for (let r: u32 = 0, at: usize = 0; r < rows; r++, at += bytes) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const d = v128.load(dy + at + i);
      const hat = f32x4.mul(f32x4.sub(v128.load(x + at + i), v128.load(mean + i)), v128.load(inv + i));
      add_to(parts + i, f32x4.mul(d, hat));
      add_to(parts + bytes + i, d);
    }
    if (r % ROWS == ROWS - 1 || r == rows - 1) {
      carry(totals, parts, cols);
      carry(totals + 2 * bytes, parts + bytes, cols);
    }
  }
  finish(dg, totals, cols, 1);
  finish(db, totals + 2 * bytes, cols, 1);
  const count = v(1 / <f32>rows);
  for (let r: u32 = 0; r < rows; r++, x += bytes, dy += bytes, dx += bytes) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const hat = f32x4.mul(f32x4.sub(v128.load(x + i), v128.load(mean + i)), v128.load(inv + i));
      const inner = f32x4.add(v128.load(db + i), f32x4.mul(hat, v128.load(dg + i)));
      const rest = f32x4.sub(v128.load(dy + i), f32x4.mul(inner, count));
      v128.store(dx + i, f32x4.mul(f32x4.mul(v128.load(g + i), v128.load(inv + i)), rest));
    }
  }
}
