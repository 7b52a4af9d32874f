// The convolution's products, each by the algorithm that the instruction names (see README.md for the rule).
import { CONV_DIRECT, CONV_GROUPED, CONV_WINOGRAD_2, CONV_WINOGRAD_4 } from "./constants";
import { barrier } from "../threads/barrier";
import { Geometry } from "./geometry";
import { conv2d_grouped_f32, conv2d_input_grad_grouped_f32, conv2d_kernel_grad_grouped_f32 } from "./grouped";
import { conv2d_pool_grad_f32 } from "./pool-grad";
import { conv2d_input_grad_unfolded_f32, conv2d_kernel_grad_unfolded_f32, conv2d_unfolded_f32 } from "./unfolded";
import { conv2d_kernel_grad_window_f32, conv2d_window_f32 } from "./window";
import { conv2d_winograd_f32 } from "./winograd";
import { conv2d_grad_winograd_f32 } from "./winograd-grad";

/** Winograd's frequencies along a side of a tile, 0 for the other algorithms. */
// @ts-ignore: decorator
@inline
function winograd_side(algorithm: u32): u32 {
  if (algorithm == CONV_WINOGRAD_4) return 6;
  return algorithm == CONV_WINOGRAD_2 ? 4 : 0;
}

/** y = act(conv(x, weights) + bias). */
export function conv2d_f32(
  y: usize, x: usize, weights: usize, bias: usize, w: Geometry, floor: f32, algorithm: u32, scratch: usize, thread: u32, threads: u32,
): void {
  const n = winograd_side(algorithm);
  if (n != 0) conv2d_winograd_f32(y, 0, x, weights, bias, w, floor, n, scratch, thread, threads);
  else if (algorithm == CONV_DIRECT) conv2d_window_f32(y, 0, x, weights, bias, w, floor, scratch, thread, threads);
  else if (algorithm == CONV_GROUPED) conv2d_grouped_f32(y, x, weights, bias, w, floor, scratch, thread, threads);
  else conv2d_unfolded_f32(y, x, weights, bias, w, floor, scratch, thread, threads);
}

/** y, argmax = the 2x2 max pooling of max(conv(x, weights) + bias, 0): see pooled.ts. */
export function conv2d_relu_pool_f32(
  y: usize, argmax: usize, x: usize, weights: usize, bias: usize, w: Geometry, algorithm: u32, scratch: usize, thread: u32, threads: u32,
): void {
  const n = winograd_side(algorithm);
  if (n != 0) conv2d_winograd_f32(y, argmax, x, weights, bias, w, 0, n, scratch, thread, threads);
  else conv2d_window_f32(y, argmax, x, weights, bias, w, 0, scratch, thread, threads);
}

/** The gradients that are wanted (0: not) from dy; or, when argmax is not 0, from the gradient of conv2d_relu_pool_f32's output. */
export function conv2d_grad_f32(
  dx: usize, dw: usize, db: usize, x: usize, dy: usize, argmax: usize, weights: usize, w: Geometry, algorithm: u32, scratch: usize,
  thread: u32, threads: u32,
): void {
  const n = winograd_side(algorithm);
  if (n != 0 && argmax != 0) conv2d_pool_grad_f32(dx, dw, db, x, dy, argmax, weights, w, scratch, thread, threads);
  else if (n != 0) conv2d_grad_winograd_f32(dx, dw, db, x, dy, weights, w, n, scratch, thread, threads);
  else if (algorithm == CONV_DIRECT) conv2d_kernel_grad_window_f32(dw, db, x, dy, argmax, w, scratch, thread, threads);
  else {
    const grouped = algorithm == CONV_GROUPED;
    if (dx != 0) {
      if (grouped) conv2d_input_grad_grouped_f32(dx, dy, weights, w, scratch, thread, threads);
      else conv2d_input_grad_unfolded_f32(dx, dy, weights, w, scratch, thread, threads);
    }
    if (dw != 0) {
      if (dx != 0) barrier(threads);
      if (grouped) conv2d_kernel_grad_grouped_f32(dw, db, x, dy, w, scratch, thread, threads);
      else conv2d_kernel_grad_unfolded_f32(dw, db, x, dy, w, scratch, thread, threads);
    }
  }
}
