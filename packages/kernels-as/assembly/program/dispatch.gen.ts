// Written by scripts/generate-instructions.mjs; not by hand.
// One instruction: its kernel, with the arguments read from where they lie and this thread's share of the work.
import { avg_pool2d_f32_nhwc, avg_pool2d_grad_f32_nhwc } from "../conv/avg-pool";
import { col2im_share } from "../conv/col2im";
import { conv2d_f32, conv2d_grad_f32, conv2d_relu_pool_f32 } from "../conv/conv2d";
import { Geometry, Window } from "../conv/geometry";
import { im2col_share } from "../conv/im2col";
import { max_pool2d_f32_nhwc, max_pool2d_grad_f32_nhwc } from "../conv/max-pool";
import { gather_f32, gather_labels_u8, gather_u32, gather_u8 } from "../data/gather";
import { gather_rows, scatter_add_rows_share } from "../data/rows";
import { binary_cols_share, binary_f32, binary_rows_share } from "../elementwise/binary";
import { DROPOUT_GROUP, dropout_f32, dropout_relu_grad_f32 } from "../elementwise/dropout";
import { copy_f32, fill_f32, scale_shift_f32 } from "../elementwise/linear";
import { permute_f32, permute_units } from "../elementwise/permute";
import { unary_f32, unary_grad_f32 } from "../elementwise/unary.gen";
import { arange_f32, to_u32 } from "../elementwise/whole-numbers";
import { axpy_f32 } from "../gemm/axpy";
import { dot_f32 } from "../gemm/dot";
import { gemm_f32, gemm_masked_f32 } from "../gemm/driver";
import { peak_f32 } from "../gemm/peak";
import { map_share } from "../map/map";
import { sum_parts_f32 } from "../map/rows";
import { adadelta_f32 } from "../optim/adadelta";
import { adagrad_f32 } from "../optim/adagrad";
import { adam_f32 } from "../optim/adam";
import { table_extent } from "../optim/range";
import { rmsprop_f32 } from "../optim/rmsprop";
import { sgd_f32 } from "../optim/sgd";
import { advance, check_finite, load_row, stop_if_not_finite } from "./control";
import { ROUNDS } from "../random/constants";
import { philox4x32_u32 } from "../random/philox";
import { store_scaled } from "../reduce/lanes";
import { max_cols_f32, sum_cols_f32, sum_rows_f32 } from "../reduce/matrix";
import { accumulate_f32, accuracy_f32, binary_accuracy_f32 } from "../reduce/metrics";
import { sigmoid_cross_entropy_f32, sigmoid_cross_entropy_grad_f32 } from "../reduce/sigmoid-cross-entropy";
import { log_sum_exp_f32, softmax_f32, softmax_grad_f32 } from "../reduce/softmax";
import { softmax_cross_entropy_f32, softmax_cross_entropy_grad_f32 } from "../reduce/softmax-cross-entropy";
import { sum_abs_f32, sum_squares_f32 } from "../reduce/sum";
import { arg_f, arg_u, share_begin, share_end } from "./arguments";
import { CORRUPT, FINISHED, LINE } from "./constants";
import {
  ADVANCE, STOP_IF_NOT_FINITE, LOAD_ROW, CHECK_FINITE, GEMM, GEMM_MASKED, PEAK, DOT, AXPY, CONV2D,
  CONV2D_INPUT_GRAD, CONV2D_KERNEL_GRAD, CONV2D_GRAD, CONV2D_RELU_POOL, CONV2D_RELU_POOL_GRAD, IM2COL, COL2IM,
  MAX_POOL2D, MAX_POOL2D_GRAD, AVG_POOL2D, AVG_POOL2D_GRAD, FILL, ARANGE, TO_U32, COPY, UNARY, UNARY_GRAD,
  SCALE_SHIFT, BINARY, BINARY_ROWS, BINARY_COLS, DROPOUT, DROPOUT_RELU_GRAD, PERMUTE, SUM_ROWS, SUM_COLS,
  SUM_SQUARES, SUM_ABS, MAX_COLS, SOFTMAX, SOFTMAX_GRAD, LOG_SUM_EXP, SOFTMAX_CROSS_ENTROPY,
  SOFTMAX_CROSS_ENTROPY_GRAD, SIGMOID_CROSS_ENTROPY, SIGMOID_CROSS_ENTROPY_GRAD, ACCURACY, BINARY_ACCURACY,
  ACCUMULATE, SGD, ADAGRAD, RMSPROP, ADADELTA, ADAM, GATHER_U8, GATHER_F32, GATHER_U32, GATHER_LABELS_U8,
  GATHER_ROWS, SCATTER_ADD_ROWS, MAP, SUM_PARTS, PHILOX,
} from "./opcodes.gen";

/** How many arguments an instruction has, by its opcode; 255 for what is none. */
export const ARGUMENT_COUNTS = memory.data<u8>([
  255, 0, 4, 1, 4, 4, 6, 19, 14, 4, 4, 4, 23, 21, 22, 24, 23, 25, 16, 16, 17, 17, 17, 17, 3, 4, 3, 3, 5, 6, 5,
  5, 6, 6, 7, 5, 15, 7, 6, 5, 5, 4, 4, 5, 4, 8, 7, 6, 5, 6, 5, 4, 7, 6, 6, 7, 9, 11, 11, 6, 6, 8, 7, 28, 5, 4,
]);

/**
 * Runs the instruction whose arguments lie at `at`. The compiler is told by --use whether the binary is the FULL one.
 * @returns how the run goes on: see constants.ts.
 */
export function dispatch(op: u32, at: usize, thread: u32, threads: u32): u32 {
  switch (op) {
    case ADVANCE: {
      if (thread == 0) advance(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3));
      return FINISHED;
    }
    case STOP_IF_NOT_FINITE: {
      return stop_if_not_finite(arg_u(at, 0));
    }
    case LOAD_ROW: {
      if (thread == 0) load_row(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3));
      return FINISHED;
    }
    case CHECK_FINITE: {
      if (thread == 0) check_finite(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3));
      return FINISHED;
    }
    case GEMM: {
      gemm_f32(
        arg_u(at, 2), arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 6),
        arg_u(at, 7), arg_u(at, 8), arg_u(at, 9), arg_u(at, 10) != 0, arg_u(at, 11) != 0, arg_u(at, 12) != 0,
        arg_u(at, 13), arg_u(at, 14), arg_u(at, 15), arg_u(at, 16), arg_u(at, 17), arg_u(at, 18), thread,
        threads
      );
      return FINISHED;
    }
    case GEMM_MASKED: {
      gemm_masked_f32(
        arg_u(at, 2), arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 6),
        arg_u(at, 7), arg_u(at, 8), arg_u(at, 9), arg_u(at, 10), arg_u(at, 11) != 0, arg_u(at, 12) != 0,
        arg_u(at, 13), thread, threads
      );
      return FINISHED;
    }
    case PEAK: {
      if (!FULL) return CORRUPT;
      f32.store(arg_u(at, 0) + (thread << 6), peak_f32(arg_u(at, 1), arg_u(at, 2), arg_u(at, 3)));
      return FINISHED;
    }
    case DOT: {
      if (!FULL) return CORRUPT;
      if (thread == 0) f32.store(arg_u(at, 0), dot_f32(arg_u(at, 1), arg_u(at, 2), arg_u(at, 3)));
      return FINISHED;
    }
    case AXPY: {
      if (!FULL) return CORRUPT;
      const count = arg_u(at, 2);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      axpy_f32(arg_u(at, 0), arg_u(at, 1), arg_f(at, 3), begin, end);
      return FINISHED;
    }
    case CONV2D: {
      if (!FULL) return CORRUPT;
      conv2d_f32(
        arg_u(at, 3), arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), changetype<Geometry>(at + 16), arg_u(at, 20)
        == 1 ? <f32>0 : -Infinity, arg_u(at, 21), arg_u(at, 22), thread, threads
      );
      return FINISHED;
    }
    case CONV2D_INPUT_GRAD: {
      if (!FULL) return CORRUPT;
      conv2d_grad_f32(
        arg_u(at, 2), 0, 0, 0, arg_u(at, 0), 0, arg_u(at, 1), changetype<Geometry>(at + 12), arg_u(at, 19),
        arg_u(at, 20), thread, threads
      );
      return FINISHED;
    }
    case CONV2D_KERNEL_GRAD: {
      if (!FULL) return CORRUPT;
      conv2d_grad_f32(
        0, arg_u(at, 2), arg_u(at, 3), arg_u(at, 0), arg_u(at, 1), 0, 0, changetype<Geometry>(at + 16),
        arg_u(at, 20), arg_u(at, 21), thread, threads
      );
      return FINISHED;
    }
    case CONV2D_GRAD: {
      if (!FULL) return CORRUPT;
      conv2d_grad_f32(
        arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 0), arg_u(at, 1), 0, arg_u(at, 2),
        changetype<Geometry>(at + 24), arg_u(at, 22), arg_u(at, 23), thread, threads
      );
      return FINISHED;
    }
    case CONV2D_RELU_POOL: {
      if (!FULL) return CORRUPT;
      conv2d_relu_pool_f32(
        arg_u(at, 3), arg_u(at, 4), arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), changetype<Geometry>(at + 20),
        arg_u(at, 21), arg_u(at, 22), thread, threads
      );
      return FINISHED;
    }
    case CONV2D_RELU_POOL_GRAD: {
      if (!FULL) return CORRUPT;
      conv2d_grad_f32(
        arg_u(at, 4), arg_u(at, 5), arg_u(at, 6), arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3),
        changetype<Geometry>(at + 28), arg_u(at, 23), arg_u(at, 24), thread, threads
      );
      return FINISHED;
    }
    case IM2COL: {
      if (!FULL) return CORRUPT;
      im2col_share(arg_u(at, 1), arg_u(at, 0), changetype<Window>(at + 8), thread, threads);
      return FINISHED;
    }
    case COL2IM: {
      if (!FULL) return CORRUPT;
      col2im_share(arg_u(at, 1), arg_u(at, 0), changetype<Window>(at + 8), thread, threads);
      return FINISHED;
    }
    case MAX_POOL2D: {
      if (!FULL) return CORRUPT;
      const count = arg_u(at, 3) * arg_u(at, 7) * arg_u(at, 8);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      max_pool2d_f32_nhwc(arg_u(at, 1), arg_u(at, 2), arg_u(at, 0), changetype<Window>(at + 12), begin, end);
      return FINISHED;
    }
    case MAX_POOL2D_GRAD: {
      if (!FULL) return CORRUPT;
      const count = arg_u(at, 3);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      max_pool2d_grad_f32_nhwc(arg_u(at, 2), arg_u(at, 1), arg_u(at, 0), changetype<Window>(at + 12), begin, end);
      return FINISHED;
    }
    case AVG_POOL2D: {
      if (!FULL) return CORRUPT;
      const count = arg_u(at, 2) * arg_u(at, 6) * arg_u(at, 7);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      avg_pool2d_f32_nhwc(arg_u(at, 1), arg_u(at, 0), changetype<Window>(at + 8), arg_u(at, 16) != 0, begin, end);
      return FINISHED;
    }
    case AVG_POOL2D_GRAD: {
      if (!FULL) return CORRUPT;
      const count = arg_u(at, 2);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      avg_pool2d_grad_f32_nhwc(arg_u(at, 1), arg_u(at, 0), changetype<Window>(at + 8), arg_u(at, 16) != 0, begin, end);
      return FINISHED;
    }
    case FILL: {
      const count = arg_u(at, 1);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      fill_f32(arg_u(at, 0), arg_f(at, 2), begin, end);
      return FINISHED;
    }
    case ARANGE: {
      const count = arg_u(at, 1);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      arange_f32(arg_u(at, 0), arg_f(at, 2), arg_f(at, 3), begin, end);
      return FINISHED;
    }
    case TO_U32: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      to_u32(arg_u(at, 0), arg_u(at, 1), begin, end);
      return FINISHED;
    }
    case COPY: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      copy_f32(arg_u(at, 0), arg_u(at, 1), begin, end);
      return FINISHED;
    }
    case UNARY: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      unary_f32(arg_u(at, 0), arg_u(at, 1), begin, end, arg_u(at, 3), arg_f(at, 4));
      return FINISHED;
    }
    case UNARY_GRAD: {
      const count = arg_u(at, 3);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      unary_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), begin, end, arg_u(at, 4), arg_f(at, 5));
      return FINISHED;
    }
    case SCALE_SHIFT: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      scale_shift_f32(arg_u(at, 0), arg_u(at, 1), arg_f(at, 3), arg_f(at, 4), begin, end);
      return FINISHED;
    }
    case BINARY: {
      const count = arg_u(at, 3);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      binary_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), begin, end, arg_u(at, 4));
      return FINISHED;
    }
    case BINARY_ROWS: {
      binary_rows_share(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), thread, threads);
      return FINISHED;
    }
    case BINARY_COLS: {
      binary_cols_share(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), thread, threads);
      return FINISHED;
    }
    case DROPOUT: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, DROPOUT_GROUP, thread, threads);
      const end = share_end(count, DROPOUT_GROUP, thread, threads);
      dropout_f32(
        arg_u(at, 0), arg_u(at, 1), load<f32>(arg_u(at, 3)), load<u32>(arg_u(at, 4)), load<u32>(arg_u(at, 4),
        4), arg_u(at, 5), load<u32>(arg_u(at, 6)), load<u32>(arg_u(at, 6), 4), begin, end
      );
      return FINISHED;
    }
    case DROPOUT_RELU_GRAD: {
      const count = arg_u(at, 3);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      dropout_relu_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), load<f32>(arg_u(at, 4)), begin, end);
      return FINISHED;
    }
    case PERMUTE: {
      const count = permute_units(arg_u(at, 2), at + 12, at + 36);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      permute_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), at + 12, at + 36, begin, end);
      return FINISHED;
    }
    case SUM_ROWS: {
      const count = arg_u(at, 2) * arg_u(at, 4);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      sum_rows_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), arg_u(at, 4), arg_f(at, 5), arg_u(at, 6), begin, end);
      return FINISHED;
    }
    case SUM_COLS: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      sum_cols_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), arg_f(at, 4), arg_u(at, 5), begin, end);
      return FINISHED;
    }
    case SUM_SQUARES: {
      if (thread == 0) store_scaled(arg_u(at, 0), sum_squares_f32(arg_u(at, 1), arg_u(at, 2)), arg_f(at, 3), arg_u(at, 4));
      return FINISHED;
    }
    case SUM_ABS: {
      if (thread == 0) store_scaled(arg_u(at, 0), sum_abs_f32(arg_u(at, 1), arg_u(at, 2)), arg_f(at, 3), arg_u(at, 4));
      return FINISHED;
    }
    case MAX_COLS: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      max_cols_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), begin, end);
      return FINISHED;
    }
    case SOFTMAX: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      softmax_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), begin, end);
      return FINISHED;
    }
    case SOFTMAX_GRAD: {
      const count = arg_u(at, 3);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      softmax_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 4), begin, end);
      return FINISHED;
    }
    case LOG_SUM_EXP: {
      const count = arg_u(at, 2);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      log_sum_exp_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 3), begin, end);
      return FINISHED;
    }
    case SOFTMAX_CROSS_ENTROPY: {
      const count = arg_u(at, 4);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      softmax_cross_entropy_f32(
        arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 5), arg_u(at, 6), arg_f(at, 7),
        begin, end
      );
      return FINISHED;
    }
    case SOFTMAX_CROSS_ENTROPY_GRAD: {
      const count = arg_u(at, 4);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      softmax_cross_entropy_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 5), arg_u(at, 6), begin, end);
      return FINISHED;
    }
    case SIGMOID_CROSS_ENTROPY: {
      const count = arg_u(at, 4);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      sigmoid_cross_entropy_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_f(at, 5), begin, end);
      return FINISHED;
    }
    case SIGMOID_CROSS_ENTROPY_GRAD: {
      const count = arg_u(at, 4);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      sigmoid_cross_entropy_grad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), begin, end);
      return FINISHED;
    }
    case ACCURACY: {
      if (thread == 0) accuracy_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5));
      return FINISHED;
    }
    case BINARY_ACCURACY: {
      if (thread == 0) binary_accuracy_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_f(at, 4));
      return FINISHED;
    }
    case ACCUMULATE: {
      if (thread == 0) accumulate_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_f(at, 3));
      return FINISHED;
    }
    case SGD: {
      const count = table_extent(arg_u(at, 4), arg_u(at, 5));
      const begin = share_begin(count, 64, thread, threads);
      const end = share_end(count, 64, thread, threads);
      sgd_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 6), begin, end);
      return FINISHED;
    }
    case ADAGRAD: {
      const count = table_extent(arg_u(at, 4), arg_u(at, 5));
      const begin = share_begin(count, 64, thread, threads);
      const end = share_end(count, 64, thread, threads);
      adagrad_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), begin, end);
      return FINISHED;
    }
    case RMSPROP: {
      const count = table_extent(arg_u(at, 4), arg_u(at, 5));
      const begin = share_begin(count, 64, thread, threads);
      const end = share_end(count, 64, thread, threads);
      rmsprop_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), begin, end);
      return FINISHED;
    }
    case ADADELTA: {
      const count = table_extent(arg_u(at, 5), arg_u(at, 6));
      const begin = share_begin(count, 64, thread, threads);
      const end = share_end(count, 64, thread, threads);
      adadelta_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 6), begin, end);
      return FINISHED;
    }
    case ADAM: {
      const count = table_extent(arg_u(at, 6), arg_u(at, 7));
      const begin = share_begin(count, 64, thread, threads);
      const end = share_end(count, 64, thread, threads);
      adam_f32(
        arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), load<u64>(arg_u(at, 5)),
        arg_u(at, 6), arg_u(at, 7), arg_u(at, 8), begin, end
      );
      return FINISHED;
    }
    case GATHER_U8: {
      const count = arg_u(at, 4);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      gather_u8(
        arg_u(at, 0), arg_u(at, 1), <usize>arg_u(at, 2) + (<usize>load<u32>(arg_u(at, 3)) << 2), arg_u(at, 5),
        arg_f(at, 6), arg_f(at, 7), arg_u(at, 8), arg_u(at, 9), arg_u(at, 10), begin, end
      );
      return FINISHED;
    }
    case GATHER_F32: {
      const count = arg_u(at, 4);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      gather_f32(
        arg_u(at, 0), arg_u(at, 1), <usize>arg_u(at, 2) + (<usize>load<u32>(arg_u(at, 3)) << 2), arg_u(at, 5),
        arg_f(at, 6), arg_f(at, 7), arg_u(at, 8), arg_u(at, 9), arg_u(at, 10), begin, end
      );
      return FINISHED;
    }
    case GATHER_U32: {
      const count = arg_u(at, 4);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      gather_u32(arg_u(at, 0), arg_u(at, 1), <usize>arg_u(at, 2) + (<usize>load<u32>(arg_u(at, 3)) << 2), arg_u(at, 5), begin, end);
      return FINISHED;
    }
    case GATHER_LABELS_U8: {
      const count = arg_u(at, 4);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      gather_labels_u8(
        arg_u(at, 0), arg_u(at, 1), <usize>arg_u(at, 2) + (<usize>load<u32>(arg_u(at, 3)) << 2), arg_u(at, 5),
        begin, end
      );
      return FINISHED;
    }
    case GATHER_ROWS: {
      const count = arg_u(at, 3) * arg_u(at, 5);
      const begin = share_begin(count, 1, thread, threads);
      const end = share_end(count, 1, thread, threads);
      gather_rows(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 4), arg_u(at, 5), arg_u(at, 6), arg_u(at, 7), begin, end);
      return FINISHED;
    }
    case SCATTER_ADD_ROWS: {
      scatter_add_rows_share(
        arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 4), arg_u(at, 5), arg_u(at, 6),
        thread, threads
      );
      return FINISHED;
    }
    case MAP: {
      return map_share(
        arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_u(at, 5) + arg_u(at, 4) * thread, at + 32,
        at + 80, thread, threads
      );
    }
    case SUM_PARTS: {
      const count = arg_u(at, 3);
      const begin = share_begin(count, LINE, thread, threads);
      const end = share_end(count, LINE, thread, threads);
      sum_parts_f32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), arg_f(at, 4), begin, end);
      return FINISHED;
    }
    case PHILOX: {
      if (thread == 0) philox4x32_u32(arg_u(at, 0), arg_u(at, 1), arg_u(at, 2), arg_u(at, 3), ROUNDS);
      return FINISHED;
    }
  }
  return CORRUPT;
}
