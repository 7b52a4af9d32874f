// Sums of few rows out of many, in the products' place where most factors are zeros.
import { madd } from "../math/madd";

/** No list is that long; as a signed number it is small, and so is the instruction that compares with it. */
const NEVER: u32 = 0xffffffff;

/**
 * c[i][32] += Σ value·rows[at][32] over the entries of list i, (value f32, at u32 in bytes) from begins[i] to ends[i]; the lists' sums lie
 * `step` bytes apart. Cut by branches that are never taken, as in ../gemm/micro.gen.ts.
 */
export function add_rows(c: usize, step: usize, rows: usize, begins: usize, ends: usize, lists: u32): void {
  while (lists > 0) {
    let at = <usize>load<u32>(begins);
    let left = load<u32>(ends) - <u32>at;
    let c0 = v128.load(c);
    let c1 = v128.load(c, 16);
    let c2 = v128.load(c, 32);
    let c3 = v128.load(c, 48);
    let c4 = v128.load(c, 64);
    let c5 = v128.load(c, 80);
    let c6 = v128.load(c, 96);
    let c7 = v128.load(c, 112);
    while (left > 0) {
      let s = v128.load32_splat(at);
      let row = rows + load<u32>(at, 4);
      c0 = madd(s, v128.load(row), c0);
      c1 = madd(s, v128.load(row, 16), c1);
      c2 = madd(s, v128.load(row, 32), c2);
      c3 = madd(s, v128.load(row, 48), c3);
      if (left == NEVER) break;
      c4 = madd(s, v128.load(row, 64), c4);
      c5 = madd(s, v128.load(row, 80), c5);
      c6 = madd(s, v128.load(row, 96), c6);
      c7 = madd(s, v128.load(row, 112), c7);
      if (left == 8) break;
      s = v128.load32_splat(at, 8);
      row = rows + load<u32>(at, 12);
      c0 = madd(s, v128.load(row), c0);
      c1 = madd(s, v128.load(row, 16), c1);
      c2 = madd(s, v128.load(row, 32), c2);
      c3 = madd(s, v128.load(row, 48), c3);
      if (left == NEVER - 1) break;
      c4 = madd(s, v128.load(row, 64), c4);
      c5 = madd(s, v128.load(row, 80), c5);
      c6 = madd(s, v128.load(row, 96), c6);
      c7 = madd(s, v128.load(row, 112), c7);
      at += 16;
      left -= 16;
    }
    v128.store(c, c0);
    v128.store(c, c1, 16);
    v128.store(c, c2, 32);
    v128.store(c, c3, 48);
    v128.store(c, c4, 64);
    v128.store(c, c5, 80);
    v128.store(c, c6, 96);
    v128.store(c, c7, 112);
    c += step;
    begins += 4;
    ends += 4;
    lists--;
  }
}
