// y, contiguous with dimensions d[0] … d[rank − 1], from x with a stride for each of them: transposes, slices, broadcasts.
import { copy_f32 } from "../math/copy";

/** Element offset in x of the position whose leading `count` indices are packed in `index`. */
// @ts-ignore: decorator
@inline
function offset_of(index: u32, dims: usize, strides: usize, count: i32): i32 {
  let offset: i32 = 0;
  for (let d = count - 1; d >= 0; d--) {
    const size = load<u32>(dims + (<usize>d << 2));
    const next = index / size;
    offset += <i32>(index - next * size) * load<i32>(strides + (<usize>d << 2));
    index = next;
  }
  return offset;
}

/** Units of work that permute_f32 is split by: rows, or bands of four rows where x runs across them. */
export function permute_units(rank: u32, dims: usize, strides: usize): u32 {
  if (rank == 0) return 1;
  let outer: u32 = 1;
  for (let d: u32 = 0; d + 2 < rank; d++) outer *= load<u32>(dims + (<usize>d << 2));
  if (rank == 1) return 1;
  const rows = load<u32>(dims + (<usize>(rank - 2) << 2));
  return outer * (crosses(rank, strides) ? (rows + 3) >> 2 : rows);
}

/** True where x is contiguous along the last dimension but one, and not along the last. */
// @ts-ignore: decorator
@inline
function crosses(rank: u32, strides: usize): bool {
  const last = strides + (<usize>(rank - 1) << 2);
  return rank >= 2 && load<i32>(last) != 1 && load<i32>(last - 4) == 1;
}

/** Up to so many elements a loop is sooner done than the host's memory.copy. */
const SHORT: u32 = 64;

/** y[0, cols) = x[0], x[stride], … */
function copy_row(y: usize, x: usize, cols: u32, stride: i32): void {
  if (stride == 1) {
    if (cols <= SHORT) copy_f32(y, x, cols);
    else memory.copy(y, x, <usize>cols << 2);
    return;
  }
  const step = <usize>(stride << 2);
  for (; cols > 0; cols--, y += 4, x += step) store<u32>(y, load<u32>(x));
}

/** y[r, c] = x[c, r] for 4 rows of y: x's rows are `stride` elements apart, y's are `cols`. */
function transpose_band(y: usize, x: usize, cols: u32, stride: i32): void {
  const step = <usize>(stride << 2);
  const pitch = <usize>cols << 2;
  let left = cols;
  for (; left >= 4; left -= 4, y += 16) {
    const a = v128.load(x);
    const b = v128.load(x + step);
    const c = v128.load(x + 2 * step);
    const d = v128.load(x + 3 * step);
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    v128.store(y, v128.shuffle<i64>(ab, cd, 0, 2));
    v128.store(y + pitch, v128.shuffle<i64>(ab, cd, 1, 3));
    v128.store(y + 2 * pitch, v128.shuffle<i64>(ab2, cd2, 0, 2));
    v128.store(y + 3 * pitch, v128.shuffle<i64>(ab2, cd2, 1, 3));
    x += 4 * step;
  }
  for (; left > 0; left--, y += 4, x += step) {
    const a = v128.load(x);
    v128.store32_lane(y, a, 0);
    v128.store32_lane(y + pitch, a, 1);
    v128.store32_lane(y + 2 * pitch, a, 2);
    v128.store32_lane(y + 3 * pitch, a, 3);
  }
}

/**
 * Units [begin, end) of y[i₀, i₁ …] = x[Σ iₖ·strideₖ]. y, x: byte addresses of 32-bit elements, not overlapping;
 * dims, strides: byte addresses of `rank` ≤ 6 words; strides in elements, 0 and negative ones too.
 */
export function permute_f32(
  y: usize,
  x: usize,
  rank: u32,
  dims: usize,
  strides: usize,
  begin: u32,
  end: u32,
): void {
  const cols = rank ? load<u32>(dims + (<usize>(rank - 1) << 2)) : 1;
  const stride = rank ? load<i32>(strides + (<usize>(rank - 1) << 2)) : 1;
  const rows = rank > 1 ? load<u32>(dims + (<usize>(rank - 2) << 2)) : 1;
  if (!crosses(rank, strides)) {
    const next = rank > 1 ? load<i32>(strides + (<usize>(rank - 2) << 2)) : 0;
    for (let u = begin; u < end; ) {
      const offset: i32 = rank > 1 ? offset_of(u, dims, strides, rank - 1) : 0;
      let from = x + <usize>(offset << 2);
      let to = y + ((<usize>u * cols) << 2);
      const last = min(end, u - (u % rows) + rows);
      for (; u < last; u++, to += <usize>cols << 2, from += <usize>(next << 2)) copy_row(to, from, cols, stride);
    }
    return;
  }
  const bands = (rows + 3) >> 2;
  for (let u = begin; u < end; u++) {
    const plane = u / bands;
    const row = (u - plane * bands) << 2;
    const from = x + <usize>((offset_of(plane, dims, strides, rank - 2) + <i32>row) << 2);
    const to = y + (((<usize>plane * rows + row) * cols) << 2);
    if (row + 4 <= rows) transpose_band(to, from, cols, stride);
    else {
      for (let r: u32 = 0; row + r < rows; r++) {
        copy_row(to + ((<usize>r * cols) << 2), from + (<usize>r << 2), cols, stride);
      }
    }
  }
}
