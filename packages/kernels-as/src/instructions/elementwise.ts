import {
  BINARY,
  BINARY_ADD,
  BINARY_COLS,
  BINARY_DIV,
  BINARY_MAX,
  BINARY_MIN,
  BINARY_MUL,
  BINARY_ROWS,
  BINARY_SUB,
  COPY,
  DROPOUT,
  DROPOUT_RELU_GRAD,
  FILL,
  PERMUTE,
  SCALE_SHIFT,
  UNARY,
  UNARY_ABS,
  UNARY_ELU,
  UNARY_EXP,
  UNARY_GRAD,
  UNARY_LEAKY_RELU,
  UNARY_LOG,
  UNARY_NEG,
  UNARY_RECIPROCAL,
  UNARY_RELU,
  UNARY_SIGMOID,
  UNARY_SIGN,
  UNARY_SQRT,
  UNARY_SQUARE,
  UNARY_TANH,
} from "../generated/opcodes.js";

/** Functions of `unary` and `unary_grad`. */
export const unaryKinds = {
  neg: UNARY_NEG,
  abs: UNARY_ABS,
  square: UNARY_SQUARE,
  sqrt: UNARY_SQRT,
  exp: UNARY_EXP,
  log: UNARY_LOG,
  relu: UNARY_RELU,
  leaky_relu: UNARY_LEAKY_RELU,
  elu: UNARY_ELU,
  sigmoid: UNARY_SIGMOID,
  tanh: UNARY_TANH,
  reciprocal: UNARY_RECIPROCAL,
  sign: UNARY_SIGN,
} as const;

export type UnaryKind = keyof typeof unaryKinds;

/** Operations of `binary`, `binary_rows` and `binary_cols`. */
export const binaryKinds = {
  add: BINARY_ADD,
  sub: BINARY_SUB,
  mul: BINARY_MUL,
  div: BINARY_DIV,
  max: BINARY_MAX,
  min: BINARY_MIN,
} as const;

export type BinaryKind = keyof typeof binaryKinds;

/**
 * Instructions of the elementwise family. Operands are f32 unless said, n and dimensions count elements, and an output may be one of the
 * inputs of its own size (not so in `permute`).
 */
export const elementwiseInstructions = {
  /** y[i] = value. */
  fill: { opcode: FILL, args: ["y:p", "n:u", "value:f"] },
  /** y[i] = x[i]: any 32-bit elements. */
  copy: { opcode: COPY, args: ["y:p", "x:p", "n:u"] },
  /** y[i] = f(x[i]); alpha is the slope of leaky_relu and the α of elu. */
  unary: { opcode: UNARY, args: ["y:p", "x:p", "n:u", "kind:u", "alpha:f"] },
  /**
   * dx[i] = f′·dy[i]. v is the op's output for sqrt, exp, relu, leaky_relu, elu, sigmoid, tanh and reciprocal, its input for abs, square and
   * log; neg and sign do not read it. leaky_relu and elu want alpha ≥ 0.
   */
  unary_grad: { opcode: UNARY_GRAD, args: ["dx:p", "v:p", "dy:p", "n:u", "kind:u", "alpha:f"] },
  /** y[i] = scale·x[i] + shift. */
  scale_shift: { opcode: SCALE_SHIFT, args: ["y:p", "x:p", "n:u", "scale:f", "shift:f"] },
  /** y[i] = a[i] ∘ b[i]. */
  binary: { opcode: BINARY, args: ["y:p", "a:p", "b:p", "n:u", "kind:u"] },
  /** y[r, c] = a[r, c] ∘ b[c]. */
  binary_rows: { opcode: BINARY_ROWS, args: ["y:p", "a:p", "b:p", "rows:u", "cols:u", "kind:u"] },
  /** y[r, c] = a[r, c] ∘ b[r]; one row: a scalar b. */
  binary_cols: { opcode: BINARY_COLS, args: ["y:p", "a:p", "b:p", "rows:u", "cols:u", "kind:u"] },
  /**
   * y[i] = keep(seed, stream, step, i) ? scale·x[i] : 0, the same decisions whenever they are drawn again; on dy it is the gradient.
   * K = round((1 − rate)·65536) of 65536 are kept, and scale is 65536 / K. rate: an f32; seed: two u32; step: a u64.
   */
  dropout: { opcode: DROPOUT, args: ["y:p", "x:p", "n:u", "rate:p", "seed:p", "stream:u", "step:p"] },
  /** dx[i] = y[i] > 0 ? scale·dy[i] : 0, the gradient through y = dropout(relu(x)). */
  dropout_relu_grad: { opcode: DROPOUT_RELU_GRAD, args: ["dx:p", "y:p", "dy:p", "n:u", "rate:p"] },
  /**
   * y, contiguous with the first `rank` ≤ 6 of the dimensions dim0 …, from 32-bit elements of x with a stride (in elements) for each:
   * y[i₀, i₁, …] = x[Σ iₖ·strideₖ]. Unused dimensions and strides are not read.
   */
  permute: {
    opcode: PERMUTE,
    args: [
      "y:p",
      "x:p",
      "rank:u",
      "dim0:u",
      "dim1:u",
      "dim2:u",
      "dim3:u",
      "dim4:u",
      "dim5:u",
      "stride0:i",
      "stride1:i",
      "stride2:i",
      "stride3:i",
      "stride4:i",
      "stride5:i",
    ],
  },
} as const;
