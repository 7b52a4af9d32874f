// Instructions of the conv family: see src/instructions/conv.ts. The sizes are read where they lie among the arguments.
import { avg_pool2d_f32_nhwc, avg_pool2d_grad_f32_nhwc } from "../conv/avg-pool";
import { col2im_f32_nhwc } from "../conv/col2im";
import { conv2d_f32, conv2d_grad_f32, conv2d_relu_pool_f32 } from "../conv/conv2d";
import { zero_f32 } from "../conv/copy";
import { Geometry, part_begin, Window } from "../conv/geometry";
import { im2col_f32_nhwc } from "../conv/im2col";
import { max_pool2d_f32_nhwc, max_pool2d_grad_f32_nhwc } from "../conv/max-pool";
import { arg_u, share_begin, share_end } from "./arguments";
import {
  AVG_POOL2D, AVG_POOL2D_GRAD, COL2IM, CONV2D, CONV2D_GRAD, CONV2D_INPUT_GRAD, CONV2D_KERNEL_GRAD, CONV2D_RELU_POOL,
  CONV2D_RELU_POOL_GRAD, IM2COL, MAX_POOL2D, MAX_POOL2D_GRAD,
} from "./opcodes";

/** The sizes that begin at argument i. */
// @ts-ignore: decorator
@inline
function window_at(at: usize, i: u32): Window {
  return changetype<Window>(at + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function geometry_at(at: usize, i: u32): Geometry {
  return changetype<Geometry>(at + (<usize>i << 2));
}

export function dispatch_conv(op: u32, at: usize, thread: u32, threads: u32): void {
  if (op == CONV2D) {
    const floor: f32 = arg_u(at, 20) == 1 ? 0 : -Infinity;
    conv2d_f32(
      arg_u(at, 3), arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), geometry_at(at, 4), floor, arg_u(at, 21), arg_u(at, 22), thread, threads,
    );
  } else if (op == CONV2D_INPUT_GRAD) {
    conv2d_grad_f32(
      arg_u(at, 2), 0, 0, 0, arg_u(at, 0), 0, arg_u(at, 1), geometry_at(at, 3), arg_u(at, 19), arg_u(at, 20), thread, threads,
    );
  } else if (op == CONV2D_KERNEL_GRAD) {
    conv2d_grad_f32(
      0, arg_u(at, 2), arg_u(at, 3), arg_u(at, 0), arg_u(at, 1), 0, 0, geometry_at(at, 4), arg_u(at, 20), arg_u(at, 21), thread, threads,
    );
  } else if (op == CONV2D_GRAD) {
    conv2d_grad_f32(
      arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 0), arg_u(at, 1), 0, arg_u(at, 2), geometry_at(at, 6), arg_u(at, 22),
      arg_u(at, 23), thread, threads,
    );
  } else if (op == CONV2D_RELU_POOL) {
    conv2d_relu_pool_f32(
      arg_u(at, 3), arg_u(at, 4), arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), geometry_at(at, 5), arg_u(at, 21), arg_u(at, 22), thread,
      threads,
    );
  } else if (op == CONV2D_RELU_POOL_GRAD) {
    conv2d_grad_f32(
      arg_u(at, 4), arg_u(at, 5), arg_u(at, 6), arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), geometry_at(at, 7),
      arg_u(at, 23), arg_u(at, 24), thread, threads,
    );
  } else if (op == IM2COL) {
    const w = window_at(at, 2);
    const pixels = w.batch * w.out_height * w.out_width;
    const begin = share_begin(pixels, 1, thread, threads);
    const row = w.kernel_height * w.kernel_width * w.channels;
    im2col_f32_nhwc(
      <usize>arg_u(at, 1) + ((<usize>begin * row) << 2), arg_u(at, 0), w, 0, w.channels, begin, share_end(pixels, 1, thread, threads),
    );
  } else if (op == COL2IM) {
    const w = window_at(at, 2);
    const pixels = w.out_height * w.out_width;
    const image = w.height * w.width * w.channels;
    const row = w.kernel_height * w.kernel_width * w.channels;
    const begin = part_begin(w.batch, thread, threads);
    const end = part_begin(w.batch, thread + 1, threads);
    zero_f32(<usize>arg_u(at, 1) + ((<usize>begin * image) << 2), (end - begin) * image);
    col2im_f32_nhwc(
      arg_u(at, 1), <usize>arg_u(at, 0) + ((<usize>begin * pixels * row) << 2), w, 0, w.channels, row, begin * pixels, end * pixels,
    );
  } else if (op == MAX_POOL2D) {
    const w = window_at(at, 3);
    const pixels = w.batch * w.out_height * w.out_width;
    max_pool2d_f32_nhwc(
      arg_u(at, 1), arg_u(at, 2), arg_u(at, 0), w, share_begin(pixels, 1, thread, threads), share_end(pixels, 1, thread, threads),
    );
  } else if (op == MAX_POOL2D_GRAD) {
    const w = window_at(at, 3);
    max_pool2d_grad_f32_nhwc(
      arg_u(at, 2), arg_u(at, 1), arg_u(at, 0), w, part_begin(w.batch, thread, threads), part_begin(w.batch, thread + 1, threads),
    );
  } else if (op == AVG_POOL2D) {
    const w = window_at(at, 2);
    const pixels = w.batch * w.out_height * w.out_width;
    avg_pool2d_f32_nhwc(
      arg_u(at, 1), arg_u(at, 0), w, arg_u(at, 16) != 0, share_begin(pixels, 1, thread, threads), share_end(pixels, 1, thread, threads),
    );
  } else if (op == AVG_POOL2D_GRAD) {
    const w = window_at(at, 2);
    avg_pool2d_grad_f32_nhwc(
      arg_u(at, 1), arg_u(at, 0), w, arg_u(at, 16) != 0, part_begin(w.batch, thread, threads), part_begin(w.batch, thread + 1, threads),
    );
  }
}
