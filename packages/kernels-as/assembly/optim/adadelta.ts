// Adadelta: Zeiler, 2012, arXiv:1212.5701, in PyTorch's form: with g the gradient, λ the weight decay,
//   g ← g + λθ     s ← ρs + (1 − ρ)g²     Δ = g·√(u + ε) / √(s + ε)     u ← ρu + (1 − ρ)Δ²     θ ← θ − α·Δ
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
  u: usize,
  k: usize,
  left: usize,
  rest: v128,
  lambda: v128,
  minus_alpha: v128,
  epsilon: v128,
): void {
  const at = k << 2;
  const old = load_up_to(theta + at, left);
  const slope = madd(lambda, old, load_up_to(g + at, left));
  const before = load_up_to(s + at, left);
  const mean = madd(rest, f32x4.sub(f32x4.mul(slope, slope), before), before);
  store_up_to(s + at, mean, left);
  const update = load_up_to(u + at, left);
  // One root of the quotient for the quotient of two roots.
  const ratio = f32x4.sqrt(f32x4.div(f32x4.add(update, epsilon), f32x4.add(mean, epsilon)));
  const delta = f32x4.mul(ratio, slope);
  store_up_to(u + at, madd(rest, f32x4.sub(f32x4.mul(delta, delta), update), update), left);
  store_up_to(theta + at, madd(minus_alpha, delta, old), left);
}

/**
 * One update of the elements [begin, end) of the block.
 * theta, g, s, u: byte addresses of f32; scalars: of the f64 learning rate, ρ, ε; table: see range.ts.
 */
export function adadelta_f32(
  theta: usize,
  g: usize,
  s: usize,
  u: usize,
  scalars: usize,
  table: usize,
  count: u32,
  begin: usize,
  end: usize,
): void {
  const rest = f32x4.splat(<f32>(1.0 - load<f64>(scalars, 8)));
  const epsilon = f32x4.splat(<f32>load<f64>(scalars, 16));
  for (let i: u32 = 0; i < count; i++) {
    const entry = entry_of(table, i);
    const minus_alpha = f32x4.splat(<f32>-learning_rate_of(entry, load<f64>(scalars)));
    const lambda = f32x4.splat(weight_decay_of(entry));
    const stop = last_in(entry, end);
    let k = first_in(entry, begin);
    for (; k + 4 <= stop; k += 4) update(theta, g, s, u, k, 4, rest, lambda, minus_alpha, epsilon);
    if (k < stop) update(theta, g, s, u, k, stop - k, rest, lambda, minus_alpha, epsilon);
  }
}
