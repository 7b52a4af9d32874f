/** What `gemmReference` multiplies: see `gemm` in `instructions/gemm.ts`; leading dimensions are elements. */
export interface GemmReferenceArguments {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  /** [N], added to every row. */
  readonly bias?: ArrayLike<number> | undefined;
  /** What C holds before: added to the product. */
  readonly c?: ArrayLike<number> | undefined;
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly lda: number;
  readonly ldb: number;
  readonly ldc: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly relu?: boolean;
}

export interface GemmReference {
  /** [M, N] without gaps. */
  readonly value: Float64Array;
  /** Σ|a|·|b| + |bias| + |C| for each output: times (K + 3)·2⁻²⁴ it bounds the error of float32 additions in any order. */
  readonly magnitude: Float64Array;
}

/** C = act(op(A)·op(B) [+ bias] [+ C]) in float64. */
export function gemmReference(args: GemmReferenceArguments): GemmReference {
  const { a, b, bias, c, M, N, K, lda, ldb, ldc, transA = false, transB = false, relu = false } = args;
  const value = new Float64Array(M * N);
  const magnitude = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      const biasHere = bias?.[n] ?? 0;
      const before = c?.[m * ldc + n] ?? 0;
      let sum = biasHere + before;
      let size = Math.abs(biasHere) + Math.abs(before);
      for (let k = 0; k < K; k++) {
        const term = a[transA ? k * lda + m : m * lda + k]! * b[transB ? n * ldb + k : k * ldb + n]!;
        sum += term;
        size += Math.abs(term);
      }
      value[m * N + n] = relu ? Math.max(sum, 0) : sum;
      magnitude[m * N + n] = size;
    }
  }
  return { value, magnitude };
}
