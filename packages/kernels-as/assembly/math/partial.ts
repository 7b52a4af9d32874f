// The end of a run whose length is no multiple of 4: the same vector code works on it, and no byte beyond it is touched.

/** The f32 at `at`, at most 4 and at most `left` (≥ 1) of them, in the low lanes; the other lanes are 0. */
// @ts-ignore: decorator
@inline
export function load_up_to(at: usize, left: usize): v128 {
  return left >= 4 ? v128.load(at) : load_partial(at, left);
}

/** Stores the low lanes of `value`, at most 4 and at most `left` (≥ 1) of them. */
// @ts-ignore: decorator
@inline
export function store_up_to(at: usize, value: v128, left: usize): void {
  if (left >= 4) v128.store(at, value);
  else store_partial(at, value, left);
}

function load_partial(at: usize, left: usize): v128 {
  if (left == 1) return v128.load32_zero(at);
  const low = v128.load64_zero(at);
  return left == 2 ? low : v128.load32_lane(at, low, 2, 8);
}

function store_partial(at: usize, value: v128, left: usize): void {
  if (left == 1) {
    v128.store32_lane(at, value, 0);
    return;
  }
  v128.store64_lane(at, value, 0);
  if (left == 3) v128.store32_lane(at, value, 2, 8);
}

/** All ones in the lanes below `left`. */
// @ts-ignore: decorator
@inline
export function lanes_below(left: usize): v128 {
  return i32x4.gt_s(i32x4.splat(<i32>min<usize>(left, 4)), i32x4(0, 1, 2, 3));
}
