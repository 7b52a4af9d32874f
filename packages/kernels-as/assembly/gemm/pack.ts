// Packing: copies of operands in the order in which the micro-kernels read them.
//
//   B panel of nr columns:  k0: n0 n1 … n(nr-1) | k1: n0 n1 … | …     columns beyond the matrix are zeros
//   A tile of mr rows:      k0: m0 m1 … m(mr-1) | k1: m0 m1 … | …
//
// Addresses are bytes, leading dimensions elements. Nothing outside the operand is read.

/** A full panel of B [K][N] as it is: panel[k][j] = b[k·ldb + j] for j < 8. `b` points at the panel's first element. */
export function pack_b_rows_8(panel: usize, b: usize, ldb: u32, kc: u32): void {
  const step = <usize>ldb << 2;
  while (kc > 0) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    panel += 32;
    b += step;
    kc--;
  }
}

/** The same for 16 columns. */
export function pack_b_rows_16(panel: usize, b: usize, ldb: u32, kc: u32): void {
  const step = <usize>ldb << 2;
  while (kc > 0) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    v128.store(panel, v128.load(b, 32), 32);
    v128.store(panel, v128.load(b, 48), 48);
    panel += 64;
    b += step;
    kc--;
  }
}

/** Four full panels side by side: a row's 128 bytes are read together, which a processor fetches ahead better than 32 of every row. */
export function pack_b_rows_32(panel: usize, b: usize, ldb: u32, kc: u32): void {
  const step = <usize>ldb << 2;
  const size = <usize>kc << 5;
  let p1 = panel + size;
  let p2 = p1 + size;
  let p3 = p2 + size;
  while (kc > 0) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    v128.store(p1, v128.load(b, 32));
    v128.store(p1, v128.load(b, 48), 16);
    v128.store(p2, v128.load(b, 64));
    v128.store(p2, v128.load(b, 80), 16);
    v128.store(p3, v128.load(b, 96));
    v128.store(p3, v128.load(b, 112), 16);
    panel += 32;
    p1 += 32;
    p2 += 32;
    p3 += 32;
    b += step;
    kc--;
  }
}

/** A panel of nr columns of B [K][N] as it is, of which there are `width`: panel[k][j] = j < width ? b[k·ldb + j] : 0. */
export function pack_b_rows(panel: usize, b: usize, ldb: u32, kc: u32, width: u32, nr: u32): void {
  const step = <usize>ldb << 2;
  const line = <usize>nr << 2;
  for (let j: u32 = 0; j < nr; j += 4) {
    let from = b + (<usize>j << 2);
    let to = panel + (<usize>j << 2);
    if (j + 4 <= width) {
      for (let k: u32 = 0; k < kc; k++) {
        v128.store(to, v128.load(from));
        from += step;
        to += line;
      }
    } else {
      const there: u32 = width > j ? width - j : 0;
      for (let k: u32 = 0; k < kc; k++) {
        let x = f32x4.splat(0);
        if (there > 0) x = v128.load32_zero(from);
        if (there > 1) x = v128.load_lane<f32>(from, x, 1, 4);
        if (there > 2) x = v128.load_lane<f32>(from, x, 2, 8);
        v128.store(to, x);
        from += step;
        to += line;
      }
    }
  }
}

/** A column of B [K][N]: to[k] = b[k·ldb]. */
export function pack_b_column(to: usize, b: usize, ldb: u32, K: u32): void {
  const step = <usize>ldb << 2;
  while (K > 0) {
    f32.store(to, f32.load(b));
    to += 4;
    b += step;
    K--;
  }
}

/** B [N][K], to be transposed: panel[k][j] = b[j·ldb + k] for j < width, 0 up to nr. */
export function pack_b_columns(panel: usize, b: usize, ldb: u32, kc: u32, width: u32, nr: u32): void {
  const step = <usize>ldb << 2;
  const line = <usize>nr << 2;
  let j: u32 = 0;
  for (; j + 4 <= width; j += 4) {
    transpose_rows(panel + (<usize>j << 2), line, b, step, kc);
    b += step << 2;
  }
  for (; j < nr; j++) {
    let to = panel + (<usize>j << 2);
    for (let k: u32 = 0; k < kc; k++) {
      f32.store(to, j < width ? f32.load(b + (<usize>k << 2)) : 0);
      to += line;
    }
    b += step;
  }
}

/** A [M][K] as it is, so k-contiguous: tile[k][i] = a[i·lda + k] for i < mr < 5. */
export function pack_a_rows(tile: usize, a: usize, lda: u32, kc: u32, mr: u32): void {
  const step = <usize>lda << 2;
  const line = <usize>mr << 2;
  if (mr == 4) {
    transpose_rows(tile, line, a, step, kc);
    return;
  }
  for (let i: u32 = 0; i < mr; i++) {
    let to = tile + (<usize>i << 2);
    for (let k: usize = 0; k < <usize>kc << 2; k += 4) {
      f32.store(to, f32.load(a + k));
      to += line;
    }
    a += step;
  }
}

/** The same for five rows: four steps of k are twenty floats in a row, so five whole vectors. */
export function pack_a_rows_5(tile: usize, a: usize, lda: u32, kc: u32): void {
  const step = <usize>lda << 2;
  const a1 = a + step;
  const a2 = a1 + step;
  const a3 = a2 + step;
  const a4 = a3 + step;
  const end = <usize>kc << 2;
  // One index for five rows: pointers of their own would not all find a register.
  let k: usize = 0;
  for (const end_4 = end & ~15; k < end_4; k += 16) {
    const r0 = v128.load(a + k);
    const r1 = v128.load(a1 + k);
    const r2 = v128.load(a2 + k);
    const r3 = v128.load(a3 + k);
    const r4 = v128.load(a4 + k);
    // Rows i and i + 1 of two steps.
    const low_01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low_23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const low_34 = v128.shuffle<f32>(r3, r4, 0, 4, 1, 5);
    const high_01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high_12 = v128.shuffle<f32>(r1, r2, 2, 6, 3, 7);
    const high_34 = v128.shuffle<f32>(r3, r4, 2, 6, 3, 7);
    v128.store(tile, v128.shuffle<f32>(low_01, low_23, 0, 1, 4, 5));
    const rows_0123 = v128.shuffle<f32>(low_01, low_23, 2, 3, 6, 7);
    v128.store(tile, v128.shuffle<f32>(v128.load32_splat(a4 + k), rows_0123, 3, 4, 5, 6), 16);
    v128.store(tile, v128.shuffle<f32>(low_34, high_01, 2, 3, 4, 5), 32);
    const rows_1234 = v128.shuffle<f32>(high_12, high_34, 0, 1, 4, 5);
    v128.store(tile, v128.shuffle<f32>(rows_1234, v128.load32_splat(a + k, 12), 1, 2, 3, 4), 48);
    v128.store(tile, v128.shuffle<f32>(high_12, high_34, 2, 3, 6, 7), 64);
    tile += 80;
  }
  for (; k < end; k += 4) {
    f32.store(tile, f32.load(a + k));
    f32.store(tile, f32.load(a1 + k), 4);
    f32.store(tile, f32.load(a2 + k), 8);
    f32.store(tile, f32.load(a3 + k), 12);
    f32.store(tile, f32.load(a4 + k), 16);
    tile += 20;
  }
}

/** Aᵀ as it is [K][M], so m-contiguous: tile[k][i] = a[k·lda + i] for i < mr. */
export function pack_a_columns(tile: usize, a: usize, lda: u32, kc: u32, mr: u32): void {
  const step = <usize>lda << 2;
  const line = <usize>mr << 2;
  for (let k: u32 = 0; k < kc; k++) {
    for (let i: usize = 0; i < line; i += 4) f32.store(tile + i, f32.load(a + i));
    tile += line;
    a += step;
  }
}

/** The same for `tiles` tiles of 5 rows, one after the other. Rows of Aᵀ are read along, since its columns touch a page in every step. */
export function pack_a_columns_5(tile: usize, a: usize, lda: u32, kc: u32, tiles: u32): void {
  const step = <usize>lda << 2;
  const between = <usize>(kc * 5) << 2;
  while (kc > 0) {
    let from = a;
    let to = tile;
    let left = tiles;
    while (left > 0) {
      const x = v128.load(from);
      const y = f32.load(from, 16);
      v128.store(to, x);
      f32.store(to, y, 16);
      from += 20;
      to += between;
      left--;
    }
    tile += 20;
    a += step;
    kc--;
  }
}

/** Four rows of `from`, `step` bytes apart, become the first four columns of `to`, whose lines are `line` bytes apart. */
function transpose_rows(to: usize, line: usize, from: usize, step: usize, kc: u32): void {
  let r0 = from;
  let r1 = r0 + step;
  let r2 = r1 + step;
  let r3 = r2 + step;
  let k: u32 = 0;
  for (; k + 4 <= kc; k += 4) {
    const x0 = v128.load(r0);
    const x1 = v128.load(r1);
    const x2 = v128.load(r2);
    const x3 = v128.load(r3);
    const y0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const y1 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const y2 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const y3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(y0, y2, 0, 1, 4, 5));
    v128.store(to + line, v128.shuffle<f32>(y0, y2, 2, 3, 6, 7));
    v128.store(to + 2 * line, v128.shuffle<f32>(y1, y3, 0, 1, 4, 5));
    v128.store(to + 3 * line, v128.shuffle<f32>(y1, y3, 2, 3, 6, 7));
    to += 4 * line;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
  }
  for (; k < kc; k++) {
    f32.store(to, f32.load(r0));
    f32.store(to, f32.load(r1), 4);
    f32.store(to, f32.load(r2), 8);
    f32.store(to, f32.load(r3), 12);
    to += line;
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
  }
}
