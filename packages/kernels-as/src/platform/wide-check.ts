/** What of the wide binary is called here, past the interpreter. */
interface Products {
  gemm_f32(...words: number[]): void;
}

const PAGE = 65_536;
const [A, B, BIAS, C, SCRATCH] = [1, 2, 3, 4, 5].map((page) => page * PAGE) as [
  number,
  number,
  number,
  number,
  number,
];

/** Small products that between them meet the wide binary's tallest tiles: of packed panels and of B as it is, with A along its rows and along its columns. */
const K = 48;
const PRODUCTS = [
  { M: 28, N: 44, transA: 0, transB: 0 },
  { M: 28, N: 44, transA: 1, transB: 0 },
  { M: 28, N: 44, transA: 0, transB: 1 },
  { M: 5, N: 40, transA: 0, transB: 0 },
  { M: 5, N: 40, transA: 1, transB: 0 },
] as const;

/** Calls after which every tile has been compiled well. */
const CALLS = 12;

/**
 * Runs products whose answers are known and returns the name of the first that comes out otherwise by a single bit, or undefined.
 *
 * Answers are sums in the order of k, each product and each sum rounded to f32: what the narrow binary computes. Without `rounds`, numbers are so small and whole
 * that nothing is rounded, as is needed where a multiplication and an addition may be one.
 */
export function wrongKernel(module: WebAssembly.Module, rounds: boolean): string | undefined {
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory, has_lost_helper: () => 0 } });
  const { gemm_f32 } = exports as unknown as Products;
  // Fractions with all their digits, of either sign, or whole numbers up to 8.
  const value = (i: number) =>
    rounds ? Math.fround(Math.sqrt((i * 7919) % 1013) - 16) : ((i * 7919) % 17) - 8;
  const floats = new Float32Array(memory.buffer);
  for (const at of [A, B, BIAS]) for (let i = 0; i < 2200; i++) floats[at / 4 + i] = value(i + at / PAGE);
  for (const { M, N, transA, transB } of PRODUCTS) {
    const [lda, ldb] = [transA ? M : K, transB ? K : N];
    for (let call = 0; call < CALLS; call++)
      gemm_f32(C, A, B, BIAS, M, N, K, lda, ldb, N, transA, transB, 0, 0, SCRATCH, 1, 0, 0, 0, 0, 1);
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        let sum = floats[BIAS / 4 + j]!;
        for (let k = 0; k < K; k++) {
          const a = floats[A / 4 + (transA ? k * M + i : i * K + k)]!;
          const b = floats[B / 4 + (transB ? j * K + k : k * N + j)]!;
          sum = Math.fround(sum + Math.fround(a * b));
        }
        if (floats[C / 4 + i * N + j] !== sum) return `product of ${M}x${N}x${K}`;
      }
    }
  }
  return undefined;
}
