// Written by scripts/generate-instructions.mjs; not by hand.
import { RANGE_BYTES } from "../constants/optim.gen.js";
import { conv2dFault, conv2dScratchBytes } from "./conv-plan.js";
import {
  argmaxBytes,
  inputElements,
  kernelElements,
  outputElements,
  pooledElements,
  windowElements,
  windowFault,
} from "./conv.js";
import { samplesSeen } from "./data.js";
import { rateFault } from "./dropout.js";
import { matrixElements, productFault, productScratchBytes } from "./gemm.js";
import { mapFault, mapOperand } from "./map.js";
import type { OperandTable } from "./operands.js";
import { rangesExtent } from "./optim.js";
import { permuteFirst, permuteReach, permuteSize, rankFault } from "./permute.js";

/** What every instruction reads and writes. */
export const operandTable: OperandTable = {
  end: {
    operands: {},
  },
  advance: {
    operands: {
      step: {
        role: "update",
        type: "u64",
        elements: () => 1,
      },
      position: {
        role: "update",
        type: "u32",
        elements: () => 1,
      },
      tick: {
        role: "update",
        type: "u32",
        elements: () => 1,
      },
    },
  },
  stop_if_not_finite: {
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: () => 1,
      },
    },
  },
  load_row: {
    operands: {
      to: {
        role: "output",
        type: "u32",
        elements: (a) => a.n,
      },
      table: {
        role: "input",
        type: "u32",
        elements: (a, _, memory) => (memory.word(a.tick) + 1) * a.n,
      },
      tick: {
        role: "input",
        type: "u32",
        elements: () => 1,
      },
    },
  },
  check_finite: {
    operands: {
      found: {
        role: "update",
        type: "u32",
        elements: () => 1,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  loop: {
    operands: {
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => a.share * threads,
      },
    },
  },
  gemm: {
    fault: (a) => productFault(a),
    flags: ["transA", "transB", "accumulate", "activation"],
    operands: {
      a: {
        role: "input",
        type: "f32",
        elements: (a) =>
          matrixElements(a.transA ? a.K : a.M, a.transA ? a.M : a.K, a.lda, a.batch, a.strideA),
      },
      b: {
        role: "input",
        type: "f32",
        elements: (a) =>
          matrixElements(a.transB ? a.N : a.K, a.transB ? a.K : a.N, a.ldb, a.batch, a.strideB),
      },
      c: {
        role: "update",
        type: "f32",
        elements: (a) => matrixElements(a.M, a.N, a.ldc, a.batch, a.strideC),
      },
      bias: {
        role: "input",
        type: "f32",
        elements: (a) => a.N,
        optional: true,
      },
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => productScratchBytes(a, threads),
      },
    },
  },
  gemm_masked: {
    fault: (a) => productFault(a, true),
    flags: ["transA", "transB"],
    operands: {
      a: {
        role: "input",
        type: "f32",
        elements: (a) => matrixElements(a.transA ? a.K : a.M, a.transA ? a.M : a.K, a.lda, 1, 0),
      },
      b: {
        role: "input",
        type: "f32",
        elements: (a) => matrixElements(a.transB ? a.N : a.K, a.transB ? a.K : a.N, a.ldb, 1, 0),
      },
      c: {
        role: "update",
        type: "f32",
        elements: (a) => matrixElements(a.M, a.N, a.ldc, 1, 0),
      },
      mask: {
        role: "input",
        type: "f32",
        elements: (a) => matrixElements(a.M, a.N, a.ldc, 1, 0),
      },
      rate: {
        role: "input",
        type: "f32",
        elements: () => 1,
        optional: true,
      },
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => productScratchBytes(a, threads),
      },
    },
  },
  peak: {
    operands: {
      y: {
        role: "update",
        type: "f32",
        elements: (_, threads) => 16 * (threads - 1) + 1,
      },
      factors: {
        role: "input",
        type: "f32",
        elements: () => 12,
      },
    },
  },
  dot: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: () => 1,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      w: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  axpy: {
    operands: {
      y: {
        role: "update",
        type: "f32",
        elements: (a) => a.n,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  conv2d: {
    fault: (a) => conv2dFault("forward", a),
    flags: ["activation"],
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      w: {
        role: "input",
        type: "f32",
        elements: (a) => kernelElements(a),
      },
      bias: {
        role: "input",
        type: "f32",
        elements: (a) => a.filters,
        optional: true,
      },
      y: {
        role: "output",
        type: "f32",
        elements: (a) => outputElements(a),
      },
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => conv2dScratchBytes("forward", a, a.algorithm, threads),
      },
    },
  },
  conv2d_input_grad: {
    fault: (a) => conv2dFault("inputGrad", a),
    operands: {
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => outputElements(a),
      },
      w: {
        role: "input",
        type: "f32",
        elements: (a) => kernelElements(a),
      },
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => conv2dScratchBytes("inputGrad", a, a.algorithm, threads),
      },
    },
  },
  conv2d_kernel_grad: {
    fault: (a) => conv2dFault("kernelGrad", a),
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => outputElements(a),
      },
      dw: {
        role: "output",
        type: "f32",
        elements: (a) => kernelElements(a),
      },
      db: {
        role: "output",
        type: "f32",
        elements: (a) => a.filters,
        optional: true,
      },
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => conv2dScratchBytes("kernelGrad", a, a.algorithm, threads),
      },
    },
  },
  conv2d_grad: {
    fault: (a) => conv2dFault("grad", a),
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => outputElements(a),
      },
      w: {
        role: "input",
        type: "f32",
        elements: (a) => kernelElements(a),
      },
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      dw: {
        role: "output",
        type: "f32",
        elements: (a) => kernelElements(a),
      },
      db: {
        role: "output",
        type: "f32",
        elements: (a) => a.filters,
        optional: true,
      },
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => conv2dScratchBytes("grad", a, a.algorithm, threads),
      },
    },
  },
  conv2d_relu_pool: {
    fault: (a) => conv2dFault("forward", a, true),
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      w: {
        role: "input",
        type: "f32",
        elements: (a) => kernelElements(a),
      },
      bias: {
        role: "input",
        type: "f32",
        elements: (a) => a.filters,
        optional: true,
      },
      y: {
        role: "output",
        type: "f32",
        elements: (a) => pooledElements(a),
      },
      argmax: {
        role: "output",
        type: "u8",
        elements: (a) => pooledElements(a),
      },
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => conv2dScratchBytes("forward", a, a.algorithm, threads),
      },
    },
  },
  conv2d_relu_pool_grad: {
    fault: (a) => conv2dFault("grad", a, true),
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => pooledElements(a),
      },
      argmax: {
        role: "input",
        type: "u8",
        elements: (a) => pooledElements(a),
      },
      w: {
        role: "input",
        type: "f32",
        elements: (a) => kernelElements(a),
      },
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => inputElements(a),
        optional: true,
      },
      dw: {
        role: "output",
        type: "f32",
        elements: (a) => kernelElements(a),
        optional: true,
      },
      db: {
        role: "output",
        type: "f32",
        elements: (a) => a.filters,
        optional: true,
      },
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => conv2dScratchBytes("grad", a, a.algorithm, threads),
      },
    },
  },
  im2col: {
    fault: (a) => windowFault(a),
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      cols: {
        role: "output",
        type: "f32",
        elements: (a) => windowElements(a) * a.kernelHeight * a.kernelWidth,
      },
    },
  },
  col2im: {
    fault: (a) => windowFault(a),
    operands: {
      cols: {
        role: "input",
        type: "f32",
        elements: (a) => windowElements(a) * a.kernelHeight * a.kernelWidth,
      },
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => inputElements(a),
      },
    },
  },
  max_pool2d: {
    fault: (a) => windowFault(a),
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      y: {
        role: "output",
        type: "f32",
        elements: (a) => windowElements(a),
      },
      argmax: {
        role: "output",
        type: "u8",
        elements: (a) => argmaxBytes(a),
        optional: true,
      },
    },
  },
  max_pool2d_grad: {
    fault: (a) => windowFault(a),
    operands: {
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => windowElements(a),
      },
      argmax: {
        role: "input",
        type: "u8",
        elements: (a) => argmaxBytes(a),
      },
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => inputElements(a),
      },
    },
  },
  avg_pool2d: {
    fault: (a) => windowFault(a),
    flags: ["includePadding"],
    operands: {
      x: {
        role: "input",
        type: "f32",
        elements: (a) => inputElements(a),
      },
      y: {
        role: "output",
        type: "f32",
        elements: (a) => windowElements(a),
      },
    },
  },
  avg_pool2d_grad: {
    fault: (a) => windowFault(a),
    flags: ["includePadding"],
    operands: {
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => windowElements(a),
      },
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => inputElements(a),
      },
    },
  },
  fill: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  arange: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  to_u32: {
    operands: {
      y: {
        role: "output",
        type: "u32",
        elements: (a) => a.n,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  copy: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  unary: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  unary_grad: {
    operands: {
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      v: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  scale_shift: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  binary: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      a: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      b: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  binary_rows: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      a: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      b: {
        role: "input",
        type: "f32",
        elements: (a) => a.cols,
      },
    },
  },
  binary_cols: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      a: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      b: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows,
      },
    },
  },
  dropout: {
    fault: (a, _, memory) => rateFault(a, memory),
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      rate: {
        role: "input",
        type: "f32",
        elements: () => 1,
      },
      seed: {
        role: "input",
        type: "u32",
        elements: () => 2,
      },
      step: {
        role: "input",
        type: "u64",
        elements: () => 1,
      },
    },
  },
  dropout_relu_grad: {
    fault: (a, _, memory) => rateFault(a, memory),
    operands: {
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      y: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      rate: {
        role: "input",
        type: "f32",
        elements: () => 1,
      },
    },
  },
  permute: {
    fault: (a) => rankFault(a),
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => permuteSize(a),
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => permuteReach(a),
        first: (a) => permuteFirst(a),
      },
    },
  },
  sum_rows: {
    flags: ["accumulate"],
    operands: {
      y: {
        role: "update",
        type: "f32",
        elements: (a) => a.batch * a.cols,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.batch * a.rows * a.cols,
      },
    },
  },
  sum_cols: {
    flags: ["accumulate"],
    operands: {
      y: {
        role: "update",
        type: "f32",
        elements: (a) => a.rows,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
    },
  },
  sum_squares: {
    flags: ["accumulate"],
    operands: {
      y: {
        role: "update",
        type: "f32",
        elements: () => 1,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  sum_abs: {
    flags: ["accumulate"],
    operands: {
      y: {
        role: "update",
        type: "f32",
        elements: () => 1,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  max_cols: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
    },
  },
  softmax: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
    },
  },
  softmax_grad: {
    operands: {
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      y: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      dy: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
    },
  },
  log_sum_exp: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
    },
  },
  softmax_cross_entropy: {
    flags: ["sparse"],
    operands: {
      loss: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows,
        optional: true,
      },
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows * a.cols,
        optional: true,
      },
      logits: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      labels: {
        role: "input",
        type: "u32",
        elements: (a) => a.sparse ? a.rows : a.rows * a.cols,
      },
    },
  },
  softmax_cross_entropy_grad: {
    flags: ["sparse"],
    operands: {
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      logits: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      labels: {
        role: "input",
        type: "u32",
        elements: (a) => a.sparse ? a.rows : a.rows * a.cols,
      },
      dloss: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows,
      },
    },
  },
  sigmoid_cross_entropy: {
    operands: {
      loss: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
        optional: true,
      },
      logits: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      targets: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  sigmoid_cross_entropy_grad: {
    operands: {
      dx: {
        role: "output",
        type: "f32",
        elements: (a) => a.n,
      },
      logits: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      targets: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      dloss: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  accuracy: {
    flags: ["sparse"],
    operands: {
      count: {
        role: "update",
        type: "f64",
        elements: () => 1,
      },
      logits: {
        role: "input",
        type: "f32",
        elements: (a) => a.rows * a.cols,
      },
      labels: {
        role: "input",
        type: "u32",
        elements: (a) => a.sparse ? a.rows : a.rows * a.cols,
      },
    },
  },
  binary_accuracy: {
    operands: {
      count: {
        role: "update",
        type: "f64",
        elements: () => 1,
      },
      logits: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
      targets: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  accumulate: {
    operands: {
      sum: {
        role: "update",
        type: "f64",
        elements: () => 1,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.n,
      },
    },
  },
  sgd: {
    flags: ["nesterov"],
    operands: {
      params: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      grads: {
        role: "input",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      velocity: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
        optional: true,
      },
      scalars: {
        role: "input",
        type: "f64",
        elements: () => 2,
      },
      table: {
        role: "input",
        type: "u32",
        elements: (a) => a.count * RANGE_BYTES / 4,
      },
    },
  },
  adagrad: {
    operands: {
      params: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      grads: {
        role: "input",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      accumulator: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      scalars: {
        role: "input",
        type: "f64",
        elements: () => 2,
      },
      table: {
        role: "input",
        type: "u32",
        elements: (a) => a.count * RANGE_BYTES / 4,
      },
    },
  },
  rmsprop: {
    operands: {
      params: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      grads: {
        role: "input",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      meanSquare: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      scalars: {
        role: "input",
        type: "f64",
        elements: () => 3,
      },
      table: {
        role: "input",
        type: "u32",
        elements: (a) => a.count * RANGE_BYTES / 4,
      },
    },
  },
  adadelta: {
    operands: {
      params: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      grads: {
        role: "input",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      meanSquare: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      meanSquareUpdate: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      scalars: {
        role: "input",
        type: "f64",
        elements: () => 3,
      },
      table: {
        role: "input",
        type: "u32",
        elements: (a) => a.count * RANGE_BYTES / 4,
      },
    },
  },
  adam: {
    flags: ["decoupled"],
    operands: {
      params: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      grads: {
        role: "input",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      m: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      v: {
        role: "update",
        type: "f32",
        elements: (a, _, memory) => rangesExtent(a, memory),
      },
      scalars: {
        role: "input",
        type: "f64",
        elements: () => 4,
      },
      step: {
        role: "input",
        type: "u64",
        elements: () => 1,
      },
      table: {
        role: "input",
        type: "u32",
        elements: (a) => a.count * RANGE_BYTES / 4,
      },
    },
  },
  gather_u8: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.batch * a.features,
      },
      x: {
        role: "input",
        type: "u8",
        elements: (a, _, memory) => samplesSeen(a, memory) * a.features,
      },
      indices: {
        role: "input",
        type: "u32",
        elements: (a, _, memory) => memory.word(a.position) + a.batch,
      },
      position: {
        role: "input",
        type: "u32",
        elements: () => 1,
      },
      featureCenter: {
        role: "input",
        type: "f32",
        elements: (a) => a.features,
        optional: true,
      },
      featureScale: {
        role: "input",
        type: "f32",
        elements: (a) => a.features,
        optional: true,
      },
      featureShift: {
        role: "input",
        type: "f32",
        elements: (a) => a.features,
        optional: true,
      },
    },
  },
  gather_f32: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.batch * a.features,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a, _, memory) => samplesSeen(a, memory) * a.features,
      },
      indices: {
        role: "input",
        type: "u32",
        elements: (a, _, memory) => memory.word(a.position) + a.batch,
      },
      position: {
        role: "input",
        type: "u32",
        elements: () => 1,
      },
      featureCenter: {
        role: "input",
        type: "f32",
        elements: (a) => a.features,
        optional: true,
      },
      featureScale: {
        role: "input",
        type: "f32",
        elements: (a) => a.features,
        optional: true,
      },
      featureShift: {
        role: "input",
        type: "f32",
        elements: (a) => a.features,
        optional: true,
      },
    },
  },
  gather_u32: {
    operands: {
      y: {
        role: "output",
        type: "u32",
        elements: (a) => a.batch * a.features,
      },
      x: {
        role: "input",
        type: "u32",
        elements: (a, _, memory) => samplesSeen(a, memory) * a.features,
      },
      indices: {
        role: "input",
        type: "u32",
        elements: (a, _, memory) => memory.word(a.position) + a.batch,
      },
      position: {
        role: "input",
        type: "u32",
        elements: () => 1,
      },
    },
  },
  gather_labels_u8: {
    operands: {
      y: {
        role: "output",
        type: "u32",
        elements: (a) => a.batch * a.features,
      },
      x: {
        role: "input",
        type: "u8",
        elements: (a, _, memory) => samplesSeen(a, memory) * a.features,
      },
      indices: {
        role: "input",
        type: "u32",
        elements: (a, _, memory) => memory.word(a.position) + a.batch,
      },
      position: {
        role: "input",
        type: "u32",
        elements: () => 1,
      },
    },
  },
  gather_rows: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.outer * a.count * a.inner,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.outer * a.n * a.inner,
      },
      indices: {
        role: "input",
        type: "u32",
        elements: (a) => a.count,
      },
    },
  },
  scatter_add_rows: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.outer * a.n * a.inner,
      },
      x: {
        role: "input",
        type: "f32",
        elements: (a) => a.outer * a.count * a.inner,
      },
      indices: {
        role: "input",
        type: "u32",
        elements: (a) => a.count,
      },
    },
  },
  map: {
    fault: (a) => mapFault(a),
    operands: {
      scratch: {
        role: "scratch",
        type: "u8",
        elements: (a, threads) => a.share * threads,
      },
      in0: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 0, 0),
        optional: true,
      },
      in1: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 1, 0),
        optional: true,
      },
      in2: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 2, 0),
        optional: true,
      },
      in3: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 3, 0),
        optional: true,
      },
      in4: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 4, 0),
        optional: true,
      },
      in5: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 5, 0),
        optional: true,
      },
      in6: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 6, 0),
        optional: true,
      },
      in7: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 7, 0),
        optional: true,
      },
      in8: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 8, 0),
        optional: true,
      },
      in9: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 9, 0),
        optional: true,
      },
      in10: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 10, 0),
        optional: true,
      },
      in11: {
        role: "input",
        type: "f32",
        elements: (a) => mapOperand(a, a.inExtents, 11, 0),
        optional: true,
      },
      out0: {
        role: "output",
        type: "f32",
        elements: (a) => mapOperand(a, a.outExtents, 0, a.partRows),
        optional: true,
      },
      out1: {
        role: "output",
        type: "f32",
        elements: (a) => mapOperand(a, a.outExtents, 1, a.partRows),
        optional: true,
      },
      out2: {
        role: "output",
        type: "f32",
        elements: (a) => mapOperand(a, a.outExtents, 2, a.partRows),
        optional: true,
      },
      out3: {
        role: "output",
        type: "f32",
        elements: (a) => mapOperand(a, a.outExtents, 3, a.partRows),
        optional: true,
      },
      out4: {
        role: "output",
        type: "f32",
        elements: (a) => mapOperand(a, a.outExtents, 4, a.partRows),
        optional: true,
      },
      out5: {
        role: "output",
        type: "f32",
        elements: (a) => mapOperand(a, a.outExtents, 5, a.partRows),
        optional: true,
      },
      out6: {
        role: "output",
        type: "f32",
        elements: (a) => mapOperand(a, a.outExtents, 6, a.partRows),
        optional: true,
      },
      out7: {
        role: "output",
        type: "f32",
        elements: (a) => mapOperand(a, a.outExtents, 7, a.partRows),
        optional: true,
      },
    },
  },
  sum_parts: {
    operands: {
      y: {
        role: "output",
        type: "f32",
        elements: (a) => a.cols,
      },
      parts: {
        role: "input",
        type: "f32",
        elements: (a) => 2 * a.count * a.cols,
      },
    },
  },
  philox: {
    operands: {
      y: {
        role: "output",
        type: "u32",
        elements: (a) => 4 * a.blocks,
      },
      counter: {
        role: "input",
        type: "u32",
        elements: () => 4,
      },
      key: {
        role: "input",
        type: "u32",
        elements: () => 2,
      },
    },
  },
};
