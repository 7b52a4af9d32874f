// Written by scripts/generate-instructions.mjs; not by hand.

/** Functions of `peak` instructions, by name. */
export const peakKinds = {
  twelve: 0,
  thirteen: 1,
  eight: 2,
  pairs: 3,
} as const;

/** The name of a function of `peak` instructions. */
export type PeakKind = keyof typeof peakKinds;

/** Functions of `unary` instructions, by name. */
export const unaryKinds = {
  neg: 0,
  abs: 1,
  square: 2,
  sqrt: 3,
  exp: 4,
  log: 5,
  relu: 6,
  leaky_relu: 7,
  elu: 8,
  sigmoid: 9,
  tanh: 10,
  reciprocal: 11,
  sign: 12,
} as const;

/** The name of a function of `unary` instructions. */
export type UnaryKind = keyof typeof unaryKinds;

/** Functions of `binary` instructions, by name. */
export const binaryKinds = {
  add: 0,
  sub: 1,
  mul: 2,
  div: 3,
  max: 4,
  min: 5,
} as const;

/** The name of a function of `binary` instructions. */
export type BinaryKind = keyof typeof binaryKinds;

/** Functions of `map` instructions, by name. */
export const mapKinds = {
  copy: 0,
  neg: 1,
  abs: 2,
  sign: 3,
  square: 4,
  sqrt: 5,
  rsqrt: 6,
  reciprocal: 7,
  exp: 8,
  expm1: 9,
  log: 10,
  log1p: 11,
  erf: 12,
  sin: 13,
  cos: 14,
  tanh: 15,
  sigmoid: 16,
  relu: 17,
  floor: 18,
  ceil: 19,
  round: 20,
  not: 21,
  convert: 22,
  add: 23,
  sub: 24,
  mul: 25,
  div: 26,
  max: 27,
  min: 28,
  lt: 29,
  le: 30,
  gt: 31,
  ge: 32,
  eq: 33,
  ne: 34,
  and: 35,
  or: 36,
  where: 37,
  madd: 38,
  msub: 39,
  nmadd: 40,
  mul_mul: 41,
  add_mul: 42,
  sub_mul: 43,
  constant: 44,
  splat: 45,
  iota: 46,
  repeat: 47,
  spread: 48,
  sum_row: 49,
  dot_row: 50,
  max_row: 51,
  row_sum: 52,
  row_dot: 53,
} as const;

/** The name of a function of `map` instructions. */
export type MapKind = keyof typeof mapKinds;

/** The functions that an argument may name, by the argument's kind. */
export const kinds: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  peak: peakKinds,
  unary: unaryKinds,
  binary: binaryKinds,
  map: mapKinds,
};

/** Every instruction with its arguments: byte addresses unless they are sizes, in elements, or scalars. */
export interface InstructionTable {
  /** The end of a program. */
  end: Record<never, never>;
  /** The u64 at `step` and the u32 at `tick` grow by 1, the u32 at `position` by `by`. */
  advance: {
    step: number;
    position: number;
    by: number;
    tick: number;
  };
  /** Leaves the program when the f32 at `x` is NaN or infinite. */
  stop_if_not_finite: {
    x: number;
  };
  /**
   * The `n` words at `to` become row (the u32 at `tick`) of a table of such rows: the numbers of this run,
   * f32 or f64.
   */
  load_row: {
    to: number;
    table: number;
    tick: number;
    n: number;
  };
  /** Writes `mark` to the u32 at `found`, if that is 0, when one of the n f32 at `x` is not finite. */
  check_finite: {
    found: number;
    x: number;
    n: number;
    mark: number;
  };
  /**
   * Runs the `length` instructions behind it `count` times. Each time but the first, the words of these
   * instructions that `moves` names have grown: it holds `moved` pairs of a word's place, counted from the
   * body's first word, and what is added to it, in 32 bits, so that it may go backwards. Every thread has a
   * copy of the body in `share` bytes of its own. What lies in a body may be a loop too.
   */
  loop: {
    length: number;
    count: number;
    moves: Uint32Array;
    moved: number;
    share: number;
    scratch: number;
  };
  /**
   * C = act(op(A)·op(B) [+ bias] [+ C]), for each of `batch` matrices.
   *
   * C [M, N], op(A) [M, K], op(B) [K, N], row-major; A is stored [K, M] when transA is 1, B [N, K] when
   * transB is 1. bias [N] is added to every row, 0 for none. lda, ldb, ldc: elements from row to row as
   * stored. accumulate 1 adds what C holds. activation: 0 none, 1 ReLU. scratch: `gemmScratchBytes` bytes at
   * a multiple of 64, shared by all threads. strideA, strideB, strideC: elements from one matrix of the batch
   * to the next (0 repeats A or B). C overlaps neither A nor B. K = 0 leaves act(bias + C).
   */
  gemm: {
    a: number;
    b: number;
    c: number;
    bias: number;
    M: number;
    N: number;
    K: number;
    lda: number;
    ldb: number;
    ldc: number;
    transA: number;
    transB: number;
    accumulate: number;
    activation: number;
    scratch: number;
    batch: number;
    strideA: number;
    strideB: number;
    strideC: number;
  };
  /**
   * C = mask > 0 ? scale·op(A)·op(B) : 0, for a product that `isShortGemm` holds for: a gradient on its way
   * back through y = ReLU(x), whose mask is y. mask [M, N] has rows ldc apart, as C has; it is C itself,
   * where `masksInPlace` allows it, or does not overlap it. rate: that of a dropout behind the ReLU, 0 for
   * none; the scale is the dropout's. The others are those of `gemm`.
   */
  gemm_masked: {
    a: number;
    b: number;
    c: number;
    mask: number;
    rate: number;
    M: number;
    N: number;
    K: number;
    lda: number;
    ldb: number;
    ldc: number;
    transA: number;
    transB: number;
    scratch: number;
  };
  /**
   * The yardstick of the benchmarks: every thread multiplies and adds in registers, `iterations` times
   * `peakFlops[kind]` operations, and stores one f32 at y plus 64 bytes a thread. factors: twelve f32, see
   * assembly/gemm/peak.ts; kind: one of its loops.
   */
  peak: {
    y: number;
    factors: number;
    iterations: number;
    kind: PeakKind | number;
  };
  /** y[0] = Σ x[i]·w[i] over n elements. */
  dot: {
    y: number;
    x: number;
    w: number;
    n: number;
  };
  /** y[i] ← alpha·x[i] + y[i], the product rounded before the sum. x may be y. */
  axpy: {
    y: number;
    x: number;
    n: number;
    alpha: number;
  };
  /** "forward": y = act(conv(x, w) + bias); bias [filters] or 0; activation: 0 none, 1 ReLU. */
  conv2d: {
    x: number;
    w: number;
    bias: number;
    y: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
    filters: number;
    groups: number;
    activation: number;
    algorithm: number;
    scratch: number;
  };
  /** "inputGrad": dx from dy, the gradient of conv's output. */
  conv2d_input_grad: {
    dy: number;
    w: number;
    dx: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
    filters: number;
    groups: number;
    algorithm: number;
    scratch: number;
  };
  /** "kernelGrad": dw and db (0: not wanted). */
  conv2d_kernel_grad: {
    x: number;
    dy: number;
    dw: number;
    db: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
    filters: number;
    groups: number;
    algorithm: number;
    scratch: number;
  };
  /** "grad": dx, dw and db (0: not wanted) in one go; with Winograd they share half of the work. */
  conv2d_grad: {
    x: number;
    dy: number;
    w: number;
    dx: number;
    dw: number;
    db: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
    filters: number;
    groups: number;
    algorithm: number;
    scratch: number;
  };
  /**
   * "forward": y, argmax = the 2x2 max pooling, stride 2 and without padding, of ReLU(conv(x, w) + bias). The
   * geometry is conv's: y and argmax (u8) are [batch, ⌊outHeight / 2⌋, ⌊outWidth / 2⌋, filters]. argmax holds
   * the maximum's place 2·ky + kx, or 4 where y is 0.
   */
  conv2d_relu_pool: {
    x: number;
    w: number;
    bias: number;
    y: number;
    argmax: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
    filters: number;
    groups: number;
    algorithm: number;
    scratch: number;
  };
  /**
   * "grad": of conv2d_relu_pool, the gradients dx, dw and db (0: not wanted) from dy, the gradient of the
   * pooled y, and argmax.
   */
  conv2d_relu_pool_grad: {
    x: number;
    dy: number;
    argmax: number;
    w: number;
    dx: number;
    dw: number;
    db: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
    filters: number;
    groups: number;
    algorithm: number;
    scratch: number;
  };
  /** cols [batch · outHeight · outWidth, kernelHeight · kernelWidth · channels] from x. */
  im2col: {
    x: number;
    cols: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
  };
  /** dx, its transpose: sums where windows overlap. */
  col2im: {
    cols: number;
    dx: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
  };
  /**
   * y and the maxima's places: argmax has `argmaxBytes` bytes, at a multiple of 4 when they are words, or is
   * 0 when no gradient is wanted.
   */
  max_pool2d: {
    x: number;
    y: number;
    argmax: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
  };
  /** dx = dy at the maxima's places. argmax is max_pool2d's own: its places are trusted. */
  max_pool2d_grad: {
    dy: number;
    argmax: number;
    dx: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
  };
  /**
   * y = the mean of each window; includePadding: 1 when padding counts as zeros, 0 when it is absent from the
   * mean.
   */
  avg_pool2d: {
    x: number;
    y: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
    includePadding: number;
  };
  /** dx = dy spread over each window. */
  avg_pool2d_grad: {
    dy: number;
    dx: number;
    batch: number;
    height: number;
    width: number;
    channels: number;
    outHeight: number;
    outWidth: number;
    kernelHeight: number;
    kernelWidth: number;
    strideHeight: number;
    strideWidth: number;
    padTop: number;
    padLeft: number;
    dilationHeight: number;
    dilationWidth: number;
    includePadding: number;
  };
  /** y[i] = value. */
  fill: {
    y: number;
    n: number;
    value: number;
  };
  /** y[i] = start + i·step, in f64 and rounded once. */
  arange: {
    y: number;
    n: number;
    start: number;
    step: number;
  };
  /** y[i] = x[i] without its fraction, as u32; NaN and what is outside (−1, 2³²) becomes 2³² − 1. */
  to_u32: {
    y: number;
    x: number;
    n: number;
  };
  /** y[i] = x[i]: any 32-bit elements. */
  copy: {
    y: number;
    x: number;
    n: number;
  };
  /** y[i] = f(x[i]); alpha is the slope of leaky_relu and the α of elu. */
  unary: {
    y: number;
    x: number;
    n: number;
    kind: UnaryKind | number;
    alpha: number;
  };
  /**
   * dx[i] = f′·dy[i]. v is the op's output for sqrt, exp, relu, leaky_relu, elu, sigmoid, tanh and
   * reciprocal, its input for abs, square and log; neg and sign do not read it. leaky_relu and elu want alpha
   * ≥ 0.
   */
  unary_grad: {
    dx: number;
    v: number;
    dy: number;
    n: number;
    kind: UnaryKind | number;
    alpha: number;
  };
  /** y[i] = scale·x[i] + shift. */
  scale_shift: {
    y: number;
    x: number;
    n: number;
    scale: number;
    shift: number;
  };
  /** y[i] = a[i] ∘ b[i]. */
  binary: {
    y: number;
    a: number;
    b: number;
    n: number;
    kind: BinaryKind | number;
  };
  /** y[r, c] = a[r, c] ∘ b[c]. */
  binary_rows: {
    y: number;
    a: number;
    b: number;
    rows: number;
    cols: number;
    kind: BinaryKind | number;
  };
  /** y[r, c] = a[r, c] ∘ b[r]; one row: a scalar b. */
  binary_cols: {
    y: number;
    a: number;
    b: number;
    rows: number;
    cols: number;
    kind: BinaryKind | number;
  };
  /**
   * y[i] = keep(seed, stream, step, i) ? scale·x[i] : 0, the same decisions whenever they are drawn again; on
   * dy it is the gradient. K = round((1 − rate)·65536) of 65536 are kept, and scale is 65536 / K. rate: an
   * f32; seed: two u32; step: a u64.
   */
  dropout: {
    y: number;
    x: number;
    n: number;
    rate: number;
    seed: number;
    stream: number;
    step: number;
  };
  /** dx[i] = y[i] > 0 ? scale·dy[i] : 0, the gradient through y = dropout(relu(x)). */
  dropout_relu_grad: {
    dx: number;
    y: number;
    dy: number;
    n: number;
    rate: number;
  };
  /**
   * y, contiguous with the first `rank` ≤ 6 of the dimensions dim0 …, from 32-bit elements of x with a stride
   * (in elements) for each: y[i₀, i₁, …] = x[Σ iₖ·strideₖ]. Unused dimensions and strides are not read.
   */
  permute: {
    y: number;
    x: number;
    rank: number;
    dim0: number;
    dim1: number;
    dim2: number;
    dim3: number;
    dim4: number;
    dim5: number;
    stride0: number;
    stride1: number;
    stride2: number;
    stride3: number;
    stride4: number;
    stride5: number;
  };
  /** y[b, c] (+)= scale·Σ_r x[b, r, c], for `batch` matrices. */
  sum_rows: {
    y: number;
    x: number;
    batch: number;
    rows: number;
    cols: number;
    scale: number;
    accumulate: number;
  };
  /** y[r] (+)= scale·Σ_c x[r, c]. */
  sum_cols: {
    y: number;
    x: number;
    rows: number;
    cols: number;
    scale: number;
    accumulate: number;
  };
  /** y[0] (+)= scale·Σ x². */
  sum_squares: {
    y: number;
    x: number;
    n: number;
    scale: number;
    accumulate: number;
  };
  /** y[0] (+)= scale·Σ |x|. */
  sum_abs: {
    y: number;
    x: number;
    n: number;
    scale: number;
    accumulate: number;
  };
  /** y[r] = max_c x[r, c]; NaN passes. */
  max_cols: {
    y: number;
    x: number;
    rows: number;
    cols: number;
  };
  /** y[r, c] = e^x[r, c] / Σ_k e^x[r, k]. y may be x. */
  softmax: {
    y: number;
    x: number;
    rows: number;
    cols: number;
  };
  /** dx = y·(dy − Σ_k y[k]·dy[k]) by row, from softmax's output y. dx may be y or dy. */
  softmax_grad: {
    dx: number;
    y: number;
    dy: number;
    rows: number;
    cols: number;
  };
  /** y[r] = log Σ_c e^x[r, c]. */
  log_sum_exp: {
    y: number;
    x: number;
    rows: number;
    cols: number;
  };
  /**
   * loss[r] = Σ_c t[r, c]·(log Σ_k e^x[r, k] − x[r, c]) and dx = (T·softmax(x) − t)·gradScale with T = Σ_c
   * t[r, c]. loss or dx may be 0: not wanted; dx may be logits. labels: u32 classes [rows] when `sparse` is
   * 1, else t as f32 [rows, cols]. A class ≥ cols gives NaN.
   */
  softmax_cross_entropy: {
    loss: number;
    dx: number;
    logits: number;
    labels: number;
    rows: number;
    cols: number;
    sparse: number;
    gradScale: number;
  };
  /** dx[r] = (T·softmax(x) − t)·dloss[r]. */
  softmax_cross_entropy_grad: {
    dx: number;
    logits: number;
    labels: number;
    dloss: number;
    rows: number;
    cols: number;
    sparse: number;
  };
  /** loss[i] = max(x, 0) − x·t + log(1 + e^−|x|) and, unless dx is 0, dx[i] = (sigmoid(x) − t)·gradScale. */
  sigmoid_cross_entropy: {
    loss: number;
    dx: number;
    logits: number;
    targets: number;
    n: number;
    gradScale: number;
  };
  /** dx[i] = (sigmoid(x) − t)·dloss[i]. */
  sigmoid_cross_entropy_grad: {
    dx: number;
    logits: number;
    targets: number;
    dloss: number;
    n: number;
  };
  /**
   * The f64 at `count` grows by the rows whose first greatest logit is the label's class (dense labels: their
   * greatest). NaN is a miss.
   */
  accuracy: {
    count: number;
    logits: number;
    labels: number;
    rows: number;
    cols: number;
    sparse: number;
  };
  /** The f64 at `count` grows by the i with (logits[i] > threshold) = (targets[i] > ½). NaN is a miss. */
  binary_accuracy: {
    count: number;
    logits: number;
    targets: number;
    n: number;
    threshold: number;
  };
  /** The f64 at `sum` grows by weight·Σ x. */
  accumulate: {
    sum: number;
    x: number;
    n: number;
    weight: number;
  };
  /** scalars: α, μ. v ← μv + g, θ ← θ − α·v, or −α·(g + μv) with nesterov. velocity 0: θ ← θ − α·g. */
  sgd: {
    params: number;
    grads: number;
    velocity: number;
    scalars: number;
    table: number;
    count: number;
    nesterov: number;
  };
  /** scalars: α, ε. s ← s + g², θ ← θ − α·g / (√s + ε). */
  adagrad: {
    params: number;
    grads: number;
    accumulator: number;
    scalars: number;
    table: number;
    count: number;
  };
  /** scalars: α, ρ, ε. s ← ρs + (1 − ρ)g², θ ← θ − α·g / (√s + ε). */
  rmsprop: {
    params: number;
    grads: number;
    meanSquare: number;
    scalars: number;
    table: number;
    count: number;
  };
  /** scalars: α, ρ, ε. s ← ρs + (1 − ρ)g², Δ = g·√(u + ε) / √(s + ε), u ← ρu + (1 − ρ)Δ², θ ← θ − α·Δ. */
  adadelta: {
    params: number;
    grads: number;
    meanSquare: number;
    meanSquareUpdate: number;
    scalars: number;
    table: number;
    count: number;
  };
  /**
   * scalars: α, β₁, β₂, ε. m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − α·m̂ / (√v̂ + ε), where m̂ =
   * m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) and t − 1 is the u64 at `step`. decoupled 1: AdamW, g without λθ and first
   * θ ← θ − αλθ.
   */
  adam: {
    params: number;
    grads: number;
    m: number;
    v: number;
    scalars: number;
    step: number;
    table: number;
    count: number;
    decoupled: number;
  };
  /**
   * f32 from u8: y = (x − centre)·scale + shift; featureCenter, featureScale and featureShift (0: none) are
   * f32 [features] in place of 0, scale and shift.
   */
  gather_u8: {
    y: number;
    x: number;
    indices: number;
    position: number;
    batch: number;
    features: number;
    scale: number;
    shift: number;
    featureCenter: number;
    featureScale: number;
    featureShift: number;
  };
  /** The same from f32. */
  gather_f32: {
    y: number;
    x: number;
    indices: number;
    position: number;
    batch: number;
    features: number;
    scale: number;
    shift: number;
    featureCenter: number;
    featureScale: number;
    featureShift: number;
  };
  /** 32-bit words as they are: labels. */
  gather_u32: {
    y: number;
    x: number;
    indices: number;
    position: number;
    batch: number;
    features: number;
  };
  /** u32 from u8: labels kept as bytes. */
  gather_labels_u8: {
    y: number;
    x: number;
    indices: number;
    position: number;
    batch: number;
    features: number;
  };
  /**
   * y[o, i, :] = x[o, indices[i], :], 32-bit words as they are. Where indices[i] ≥ n, every word of the row
   * is `missing`. y does not overlap x.
   */
  gather_rows: {
    y: number;
    x: number;
    indices: number;
    outer: number;
    n: number;
    count: number;
    inner: number;
    missing: number;
  };
  /**
   * y[o, t, :] = Σ x[o, i, :] over the i with indices[i] = t, in f32 and in the order of i; 0 where there is
   * none. Rows whose index is n or more are left out. y does not overlap x.
   */
  scatter_add_rows: {
    y: number;
    x: number;
    indices: number;
    outer: number;
    n: number;
    count: number;
    inner: number;
  };
  /**
   * Runs code that `planMap` wrote over a [rows, cols] view, block by block. Two bits an operand say its
   * extent: rows·cols, cols, rows or 1 elements; an output of extent 1 is partial sums [parts, 2, cols], one
   * part for every `partRows` rows (0: there are none). An output may be an input of its extent, if `planMap`
   * was told.
   */
  map: {
    code: Uint32Array;
    rows: number;
    cols: number;
    partRows: number;
    share: number;
    scratch: number;
    inExtents: number;
    outExtents: number;
    in0: number;
    in1: number;
    in2: number;
    in3: number;
    in4: number;
    in5: number;
    in6: number;
    in7: number;
    in8: number;
    in9: number;
    in10: number;
    in11: number;
    out0: number;
    out1: number;
    out2: number;
    out3: number;
    out4: number;
    out5: number;
    out6: number;
    out7: number;
  };
  /**
   * y[c] = scale·Σ_p (parts[p, 0, c] + 2⁶⁴·parts[p, 1, c]), in float64: the end of a map's sums over rows.
   */
  sum_parts: {
    y: number;
    parts: number;
    count: number;
    cols: number;
    scale: number;
  };
  /**
   * 4·blocks random u32 at y: block b is Philox4x32-10 of the counter (c0 + b, c1, c2, c3), four u32, under
   * the key, two.
   */
  philox: {
    y: number;
    counter: number;
    key: number;
    blocks: number;
  };
}

/** An instruction's opcode, and its arguments as `name:kind` in the order of their words. */
interface Instruction {
  readonly opcode: number;
  /** Whether the core binary has it too. */
  readonly core: boolean;
  readonly args: readonly string[];
}

/**
 * All instructions, in the order of their opcodes, with a + before those that only the full binary has. A text, which an engine reads faster
 * than it makes a hundred small objects.
 */
const table = `
end
advance step:p position:p by:u tick:p
stop_if_not_finite x:p
load_row to:p table:p tick:p n:u
check_finite found:p x:p n:u mark:u
loop length:u count:u moves:d moved:u share:u scratch:p
gemm a:p b:p c:p bias:p M:u N:u K:u lda:u ldb:u ldc:u transA:u transB:u accumulate:u activation:u scratch:p batch:u strideA:u strideB:u strideC:u
gemm_masked a:p b:p c:p mask:p rate:p M:u N:u K:u lda:u ldb:u ldc:u transA:u transB:u scratch:p
+peak y:p factors:p iterations:u kind:peak
+dot y:p x:p w:p n:u
+axpy y:p x:p n:u alpha:f
+conv2d x:p w:p bias:p y:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u filters:u groups:u activation:u algorithm:u scratch:p
+conv2d_input_grad dy:p w:p dx:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u filters:u groups:u algorithm:u scratch:p
+conv2d_kernel_grad x:p dy:p dw:p db:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u filters:u groups:u algorithm:u scratch:p
+conv2d_grad x:p dy:p w:p dx:p dw:p db:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u filters:u groups:u algorithm:u scratch:p
+conv2d_relu_pool x:p w:p bias:p y:p argmax:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u filters:u groups:u algorithm:u scratch:p
+conv2d_relu_pool_grad x:p dy:p argmax:p w:p dx:p dw:p db:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u filters:u groups:u algorithm:u scratch:p
+im2col x:p cols:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u
+col2im cols:p dx:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u
+max_pool2d x:p y:p argmax:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u
+max_pool2d_grad dy:p argmax:p dx:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u
+avg_pool2d x:p y:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u includePadding:u
+avg_pool2d_grad dy:p dx:p batch:u height:u width:u channels:u outHeight:u outWidth:u kernelHeight:u kernelWidth:u strideHeight:u strideWidth:u padTop:u padLeft:u dilationHeight:u dilationWidth:u includePadding:u
fill y:p n:u value:f
arange y:p n:u start:f step:f
to_u32 y:p x:p n:u
copy y:p x:p n:u
unary y:p x:p n:u kind:unary alpha:f
unary_grad dx:p v:p dy:p n:u kind:unary alpha:f
scale_shift y:p x:p n:u scale:f shift:f
binary y:p a:p b:p n:u kind:binary
binary_rows y:p a:p b:p rows:u cols:u kind:binary
binary_cols y:p a:p b:p rows:u cols:u kind:binary
dropout y:p x:p n:u rate:p seed:p stream:u step:p
dropout_relu_grad dx:p y:p dy:p n:u rate:p
permute y:p x:p rank:u dim0:u dim1:u dim2:u dim3:u dim4:u dim5:u stride0:i stride1:i stride2:i stride3:i stride4:i stride5:i
sum_rows y:p x:p batch:u rows:u cols:u scale:f accumulate:u
sum_cols y:p x:p rows:u cols:u scale:f accumulate:u
sum_squares y:p x:p n:u scale:f accumulate:u
sum_abs y:p x:p n:u scale:f accumulate:u
max_cols y:p x:p rows:u cols:u
softmax y:p x:p rows:u cols:u
softmax_grad dx:p y:p dy:p rows:u cols:u
log_sum_exp y:p x:p rows:u cols:u
softmax_cross_entropy loss:p dx:p logits:p labels:p rows:u cols:u sparse:u gradScale:f
softmax_cross_entropy_grad dx:p logits:p labels:p dloss:p rows:u cols:u sparse:u
sigmoid_cross_entropy loss:p dx:p logits:p targets:p n:u gradScale:f
sigmoid_cross_entropy_grad dx:p logits:p targets:p dloss:p n:u
accuracy count:p logits:p labels:p rows:u cols:u sparse:u
binary_accuracy count:p logits:p targets:p n:u threshold:f
accumulate sum:p x:p n:u weight:f
sgd params:p grads:p velocity:p scalars:p table:p count:u nesterov:u
adagrad params:p grads:p accumulator:p scalars:p table:p count:u
rmsprop params:p grads:p meanSquare:p scalars:p table:p count:u
adadelta params:p grads:p meanSquare:p meanSquareUpdate:p scalars:p table:p count:u
adam params:p grads:p m:p v:p scalars:p step:p table:p count:u decoupled:u
gather_u8 y:p x:p indices:p position:p batch:u features:u scale:f shift:f featureCenter:p featureScale:p featureShift:p
gather_f32 y:p x:p indices:p position:p batch:u features:u scale:f shift:f featureCenter:p featureScale:p featureShift:p
gather_u32 y:p x:p indices:p position:p batch:u features:u
gather_labels_u8 y:p x:p indices:p position:p batch:u features:u
gather_rows y:p x:p indices:p outer:u n:u count:u inner:u missing:u
scatter_add_rows y:p x:p indices:p outer:u n:u count:u inner:u
map code:d rows:u cols:u partRows:u share:u scratch:p inExtents:u outExtents:u in0:p in1:p in2:p in3:p in4:p in5:p in6:p in7:p in8:p in9:p in10:p in11:p out0:p out1:p out2:p out3:p out4:p out5:p out6:p out7:p
sum_parts y:p parts:p count:u cols:u scale:f
philox y:p counter:p key:p blocks:u
`;

/** Every instruction by its name. */
export const instructions = Object.fromEntries(
  table.trim().split("\n").map((line, i) => {
    const [name, ...args] = line.replace("+", "").split(" ");
    return [name, { opcode: i + 1, core: !line.startsWith("+"), args }];
  }),
) as unknown as Readonly<Record<keyof InstructionTable, Instruction>>;
