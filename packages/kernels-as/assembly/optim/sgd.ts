// Stochastic gradient descent with momentum, PyTorch's form: with g the gradient, λ the weight decay,
//   g ← g + λθ     v ← μv + g     θ ← θ − α·v,   or θ ← θ − α·(g + μv) with nesterov;   without momentum θ ← θ − α·g.
import { madd } from "../math/madd";
import { load_up_to, store_up_to } from "../math/partial";
import { entry_of, first_in, last_in, learning_rate_of, weight_decay_of } from "./range";

/** Four elements from k on, or `left` if that is fewer. */
// @ts-ignore: decorator
@inline
function update(
  theta: usize,
  g: usize,
  v: usize,
  k: usize,
  left: usize,
  mu: v128,
  lambda: v128,
  minus_alpha: v128,
  nesterov: u32,
): void {
  const at = k << 2;
  const old = load_up_to(theta + at, left);
  const slope = madd(lambda, old, load_up_to(g + at, left));
  let move = slope;
  if (v) {
    const velocity = madd(mu, load_up_to(v + at, left), slope);
    store_up_to(v + at, velocity, left);
    move = nesterov ? madd(mu, velocity, slope) : velocity;
  }
  store_up_to(theta + at, madd(minus_alpha, move, old), left);
}

/**
 * One update of the elements [begin, end) of the block.
 * theta, g, v: byte addresses of f32 (v = 0: no momentum); scalars: of the f64 learning rate, momentum; table: see range.ts.
 */
export function sgd_f32(
  theta: usize,
  g: usize,
  v: usize,
  scalars: usize,
  table: usize,
  count: u32,
  nesterov: u32,
  begin: usize,
  end: usize,
): void {
  const mu = f32x4.splat(<f32>load<f64>(scalars, 8));
  for (let i: u32 = 0; i < count; i++) {
    const entry = entry_of(table, i);
    const minus_alpha = f32x4.splat(<f32>-learning_rate_of(entry, load<f64>(scalars)));
    const lambda = f32x4.splat(weight_decay_of(entry));
    const stop = last_in(entry, end);
    let k = first_in(entry, begin);
    for (; k + 4 <= stop; k += 4) update(theta, g, v, k, 4, mu, lambda, minus_alpha, nesterov);
    if (k < stop) update(theta, g, v, k, stop - k, mu, lambda, minus_alpha, nesterov);
  }
}
