// Adagrad: Duchi, Hazan, Singer, 2011, in PyTorch's form: with g the gradient, λ the weight decay,
//   g ← g + λθ     s ← s + g²     θ ← θ − α·g / (√s + ε)
import { madd } from "../math/madd";
import { load_up_to, store_up_to } from "../math/partial";
import { entry_of, first_in, last_in, learning_rate_of, weight_decay_of } from "./range";

/** Four elements from k on, or `left` if that is fewer. */
// @ts-ignore: decorator
@inline
function update(
  theta: usize,
  g: usize,
  s: usize,
  k: usize,
  left: usize,
  lambda: v128,
  minus_alpha: v128,
  epsilon: v128,
): void {
  const at = k << 2;
  const old = load_up_to(theta + at, left);
  const slope = madd(lambda, old, load_up_to(g + at, left));
  const sum = madd(slope, slope, load_up_to(s + at, left));
  store_up_to(s + at, sum, left);
  const move = f32x4.div(f32x4.mul(minus_alpha, slope), f32x4.add(f32x4.sqrt(sum), epsilon));
  store_up_to(theta + at, f32x4.add(old, move), left);
}

/**
 * One update of the elements [begin, end) of the block.
 * theta, g, s: byte addresses of f32; scalars: of the f64 learning rate, ε; table: see range.ts.
 */
export function adagrad_f32(
  theta: usize,
  g: usize,
  s: usize,
  scalars: usize,
  table: usize,
  count: u32,
  begin: usize,
  end: usize,
): void {
  const epsilon = f32x4.splat(<f32>load<f64>(scalars, 8));
  for (let i: u32 = 0; i < count; i++) {
    const entry = entry_of(table, i);
    const minus_alpha = f32x4.splat(<f32>-learning_rate_of(entry, load<f64>(scalars)));
    const lambda = f32x4.splat(weight_decay_of(entry));
    const stop = last_in(entry, end);
    let k = first_in(entry, begin);
    for (; k + 4 <= stop; k += 4) update(theta, g, s, k, 4, lambda, minus_alpha, epsilon);
    if (k < stop) update(theta, g, s, k, stop - k, lambda, minus_alpha, epsilon);
  }
}
