// Instructions of the elementwise family. Operands are f32 unless said, n and dimensions count elements, and an output may be one of the
// inputs of its own size (not so in `permute`).
import { input, itself, kindOf, LINE, output, over, scalar, signed, size } from "../program/table.mjs";
import { unary } from "./functions.mjs";

/** Functions by name; their numbers are their places. */
export const kinds = {
  /** Of `unary` and `unary_grad`. */
  unary: Object.keys(unary),
  /** Of `binary`, `binary_rows` and `binary_cols`. */
  binary: "add sub mul div max min".split(" "),
};

export const functions = {
  "instructions/permute": ["permuteFirst", "permuteReach", "permuteSize", "rankFault"],
  "instructions/dropout": ["rateFault"],
};

/** The draws of a group come together. */
export const helpers = { DROPOUT_GROUP: "elementwise/dropout" };

export const rows = {
  fill: {
    doc: "y[i] = value.",
    args: { y: output("n"), n: size, value: scalar },
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/linear",
    kernel: "fill_f32(y, value, begin, end)",
  },
  arange: {
    doc: "y[i] = start + i·step, in f64 and rounded once.",
    args: { y: output("n"), n: size, start: scalar, step: scalar },
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/whole-numbers",
    kernel: "arange_f32(y, start, step, begin, end)",
  },
  to_u32: {
    doc: "y[i] = x[i] without its fraction, as u32; NaN and what is outside (−1, 2³²) becomes 2³² − 1.",
    args: { y: output("n", "u32"), x: input("n"), n: size },
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/whole-numbers",
    kernel: "to_u32(y, x, begin, end)",
  },
  copy: {
    doc: "y[i] = x[i]: any 32-bit elements.",
    args: { y: output("n"), x: input("n"), n: size },
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/linear",
    kernel: "copy_f32(y, x, begin, end)",
  },
  unary: {
    doc: "y[i] = f(x[i]); alpha is the slope of leaky_relu and the α of elu.",
    args: { y: output("n"), x: input("n"), n: size, kind: kindOf("unary"), alpha: scalar },
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/unary.gen",
    kernel: "unary_f32(y, x, begin, end, kind, alpha)",
  },
  unary_grad: {
    doc: `dx[i] = f′·dy[i]. v is the op's output for sqrt, exp, relu, leaky_relu, elu, sigmoid, tanh and reciprocal, its input for abs, square and log; neg and
sign do not read it. leaky_relu and elu want alpha ≥ 0.`,
    args: { dx: output("n"), v: input("n"), dy: input("n"), n: size, kind: kindOf("unary"), alpha: scalar },
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/unary.gen",
    kernel: "unary_grad_f32(dx, v, dy, begin, end, kind, alpha)",
  },
  scale_shift: {
    doc: "y[i] = scale·x[i] + shift.",
    args: { y: output("n"), x: input("n"), n: size, scale: scalar, shift: scalar },
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/linear",
    kernel: "scale_shift_f32(y, x, scale, shift, begin, end)",
  },
  binary: {
    doc: "y[i] = a[i] ∘ b[i].",
    args: { y: output("n"), a: input("n"), b: input("n"), n: size, kind: kindOf("binary") },
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/binary",
    kernel: "binary_f32(y, a, b, begin, end, kind)",
  },
  binary_rows: {
    doc: "y[r, c] = a[r, c] ∘ b[c].",
    args: {
      y: output("rows * cols"),
      a: input("rows * cols"),
      b: input("cols"),
      rows: size,
      cols: size,
      kind: kindOf("binary"),
    },
    split: itself,
    cost: "rows * cols / 2",
    from: "elementwise/binary",
    kernel: "binary_rows_share(y, a, b, rows, cols, kind, thread, threads)",
  },
  binary_cols: {
    doc: "y[r, c] = a[r, c] ∘ b[r]; one row: a scalar b.",
    args: {
      y: output("rows * cols"),
      a: input("rows * cols"),
      b: input("rows"),
      rows: size,
      cols: size,
      kind: kindOf("binary"),
    },
    split: itself,
    cost: "rows * cols / 2",
    from: "elementwise/binary",
    kernel: "binary_cols_share(y, a, b, rows, cols, kind, thread, threads)",
  },
  dropout: {
    doc: `y[i] = keep(seed, stream, step, i) ? scale·x[i] : 0, the same decisions whenever they are drawn again; on dy it is the gradient.
K = round((1 − rate)·65536) of 65536 are kept, and scale is 65536 / K. rate: an f32; seed: two u32; step: a u64.`,
    args: {
      y: output("n"),
      x: input("n"),
      n: size,
      rate: input(1),
      seed: input(2, "u32"),
      stream: size,
      step: input(1, "u64"),
    },
    check: "rateFault(args, memory)",
    split: over("n", "DROPOUT_GROUP"),
    cost: "n / 2",
    from: "elementwise/dropout",
    kernel: `dropout_f32(
      y, x, load<f32>(rate), load<u32>(seed), load<u32>(seed, 4), stream, load<u32>(step), load<u32>(step, 4), begin, end)`,
  },
  dropout_relu_grad: {
    doc: "dx[i] = y[i] > 0 ? scale·dy[i] : 0, the gradient through y = dropout(relu(x)).",
    args: { dx: output("n"), y: input("n"), dy: input("n"), n: size, rate: input(1) },
    check: "rateFault(args, memory)",
    split: over("n", LINE),
    cost: "n / 2",
    from: "elementwise/dropout",
    kernel: "dropout_relu_grad_f32(dx, y, dy, load<f32>(rate), begin, end)",
  },
  permute: {
    doc: `y, contiguous with the first \`rank\` ≤ 6 of the dimensions dim0 …, from 32-bit elements of x with a stride (in elements) for each:
y[i₀, i₁, …] = x[Σ iₖ·strideₖ]. Unused dimensions and strides are not read.`,
    args: {
      y: output("permuteSize(args)"),
      x: input("permuteReach(args)", "f32", "permuteFirst(args)"),
      rank: size,
      dim0: size,
      dim1: size,
      dim2: size,
      dim3: size,
      dim4: size,
      dim5: size,
      stride0: signed,
      stride1: signed,
      stride2: signed,
      stride3: signed,
      stride4: signed,
      stride5: signed,
    },
    check: "rankFault(args)",
    split: over("permute_units(rank, words(dim0), words(stride0))"),
    cost: "permuteSize(args) / 2",
    from: "elementwise/permute",
    kernel: "permute_f32(y, x, rank, words(dim0), words(stride0), begin, end)",
  },
};
