// Binary cross-entropy on logits, elementwise: loss = max(x, 0) − x·t + log(1 + e^−|x|), dx = (sigmoid(x) − t)·g.
// Nothing overflows; NaN passes.
import { constant } from "../math/constant";
import { exp_negative4 } from "../math/exp";
import { log1p4 } from "../math/log";
import { load_up_to, store_up_to } from "../math/partial";
import { sigmoid4 } from "../math/sigmoid";

const TABLE = memory.data<f32>([-0.0]);
const SIGN: usize = 0;

/**
 * loss[i], and dx[i] with g = gradScale unless dx is 0, for begin <= i < end.
 * loss, dx, logits, targets: byte addresses of f32; loss or dx may be logits or targets, but not both the same.
 */
export function sigmoid_cross_entropy_f32(
  loss: usize,
  dx: usize,
  logits: usize,
  targets: usize,
  grad_scale: f32,
  begin: usize,
  end: usize,
): void {
  const g = f32x4.splat(grad_scale);
  const sign = constant(TABLE, SIGN);
  for (let i = begin; i < end; i += 4) {
    const at = i << 2;
    const left = end - i;
    const x = load_up_to(logits + at, left);
    const t = load_up_to(targets + at, left);
    const above = f32x4.sub(f32x4.pmax(x, f32x4.splat(0)), f32x4.mul(x, t));
    store_up_to(loss + at, f32x4.add(above, log1p4(exp_negative4(v128.or(x, sign)))), left);
    if (dx) store_up_to(dx + at, f32x4.mul(f32x4.sub(sigmoid4(x), t), g), left);
  }
}

/** dx[i] with g = dloss[i], for begin <= i < end. dx may be any of the inputs. */
export function sigmoid_cross_entropy_grad_f32(
  dx: usize,
  logits: usize,
  targets: usize,
  dloss: usize,
  begin: usize,
  end: usize,
): void {
  for (let i = begin; i < end; i += 4) {
    const at = i << 2;
    const left = end - i;
    const error = f32x4.sub(sigmoid4(load_up_to(logits + at, left)), load_up_to(targets + at, left));
    store_up_to(dx + at, f32x4.mul(error, load_up_to(dloss + at, left)), left);
  }
}
