import type { Reference } from "./reference.js";

/** y[i, j] = Σₖ a[i, k]·b[k, j], either operand transposed when the node says so. */
export const matmul: Reference = ([a, b], { attributes, shape: [M, N] }) => {
  const { transposeA, transposeB } = attributes;
  const K = a!.shape[transposeA ? 0 : 1]!;
  const y = new Float64Array(M! * N!);
  for (let i = 0; i < M!; i++) {
    for (let j = 0; j < N!; j++) {
      for (let k = 0; k < K; k++) {
        y[i * N! + j]! +=
          a!.data[transposeA ? k * M! + i : i * K + k]! * b!.data[transposeB ? j * K + k : k * N! + j]!;
      }
    }
  }
  return y;
};
