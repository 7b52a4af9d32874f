// Adam: Kingma, Ba, 2015, arXiv:1412.6980, Algorithm 1, and AdamW: Loshchilov, Hutter, 2019, arXiv:1711.05101. With g the gradient,
// λ the weight decay and t = 1, 2, …:
//   Adam: g ← g + λθ     AdamW: θ ← θ − αλθ
//   m ← β₁m + (1 − β₁)g     v ← β₂v + (1 − β₂)g²     θ ← θ − α·m̂ / (√v̂ + ε),   m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)
//
// Computed as θ + (−α/(1 − β₁ᵗ))·m / (√v·(1/√(1 − β₂ᵗ)) + ε), the constants in float64 and then narrowed.
import { madd } from "../math/madd";
import { load_up_to, store_up_to } from "../math/partial";
import { power_f64 } from "../math/power";
import { entry_of, first_in, last_in, learning_rate_of, weight_decay_of } from "./range";

/** 1 − βᵗ. */
// @ts-ignore: decorator
@inline
function correction(beta: f64, t: u64): f64 {
  return 1.0 - power_f64(beta, t);
}

/** Four elements from k on, or `left` if that is fewer. */
// @ts-ignore: decorator
@inline
function update(
  theta: usize,
  g: usize,
  m: usize,
  v: usize,
  k: usize,
  left: usize,
  rest1: v128,
  rest2: v128,
  lambda: v128,
  keep: v128,
  minus_alpha: v128,
  widen: v128,
  epsilon: v128,
): void {
  const at = k << 2;
  const old = load_up_to(theta + at, left);
  const slope = madd(lambda, old, load_up_to(g + at, left));
  const m_old = load_up_to(m + at, left);
  const v_old = load_up_to(v + at, left);
  const m_new = madd(rest1, f32x4.sub(slope, m_old), m_old);
  const v_new = madd(rest2, f32x4.sub(f32x4.mul(slope, slope), v_old), v_old);
  store_up_to(m + at, m_new, left);
  store_up_to(v + at, v_new, left);
  const move = f32x4.div(f32x4.mul(minus_alpha, m_new), madd(f32x4.sqrt(v_new), widen, epsilon));
  store_up_to(theta + at, madd(keep, old, move), left);
}

/**
 * One update of the elements [begin, end) of the block.
 *
 * theta, g, m, v: byte addresses of f32; scalars: of the f64 learning rate, β₁, β₂, ε; step: number of finished steps, so that t = step + 1;
 * table: see range.ts; decoupled: not 0 for AdamW.
 */
export function adam_f32(
  theta: usize,
  g: usize,
  m: usize,
  v: usize,
  scalars: usize,
  step: u64,
  table: usize,
  count: u32,
  decoupled: u32,
  begin: usize,
  end: usize,
): void {
  const beta1 = load<f64>(scalars, 8);
  const beta2 = load<f64>(scalars, 16);
  const t = step + 1;
  // m + (1 − β)(g − m): one rounded constant, whose error does not pile up as that of β near 1 would.
  const rest1 = f32x4.splat(<f32>(1.0 - beta1));
  const rest2 = f32x4.splat(<f32>(1.0 - beta2));
  const widen = f32x4.splat(<f32>(1.0 / sqrt<f64>(correction(beta2, t))));
  const epsilon = f32x4.splat(<f32>load<f64>(scalars, 24));
  for (let i: u32 = 0; i < count; i++) {
    const entry = entry_of(table, i);
    const alpha = learning_rate_of(entry, load<f64>(scalars));
    const decay = weight_decay_of(entry);
    const minus_alpha = f32x4.splat(<f32>(-alpha / correction(beta1, t)));
    const lambda = f32x4.splat(decoupled ? 0 : decay);
    const keep = f32x4.splat(decoupled ? <f32>(1.0 - alpha * <f64>decay) : 1);
    const stop = last_in(entry, end);
    let k = first_in(entry, begin);
    for (; k + 4 <= stop; k += 4) {
      update(theta, g, m, v, k, 4, rest1, rest2, lambda, keep, minus_alpha, widen, epsilon);
    }
    if (k < stop) update(theta, g, m, v, k, stop - k, rest1, rest2, lambda, keep, minus_alpha, widen, epsilon);
  }
}
