// Tiles at the right edge are computed in a small tile of their own; small helpers on such tiles. Steps from row to row are bytes.

/** to[i][j] = from[i][j]. */
export function copy_tile(to: usize, step_to: usize, from: usize, step_from: usize, rows: u32, columns: u32): void {
  const line = <usize>columns << 2;
  const line_4 = line & ~15;
  while (rows > 0) {
    let j: usize = 0;
    for (; j < line_4; j += 16) v128.store(to + j, v128.load(from + j));
    for (; j < line; j += 4) f32.store(to + j, f32.load(from + j));
    to += step_to;
    from += step_from;
    rows--;
  }
}

/** c[i][j] += bias[j]. */
export function add_bias(c: usize, step: usize, bias: usize, rows: u32, columns: u32): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>columns << 2; j += 4) f32.store(c + j, f32.load(c + j) + f32.load(bias + j));
    c += step;
  }
}

/** What a product of no terms leaves: c = max(init, floor), NaN passing. */
export function only_activate(c: usize, step: usize, init: usize, step_init: usize, rows: u32, columns: u32, floor: f32): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>columns << 2; j += 4) {
      const value = f32.load(init + j);
      f32.store(c + j, value < floor ? floor : value);
    }
    c += step;
    init += step_init;
  }
}
