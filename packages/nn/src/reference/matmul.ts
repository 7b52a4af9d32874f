import type { Reference, ReferenceArray } from "./reference.js";

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

/** The same for each of a batch; a batch of 1 is repeated. */
export const batchMatmul: Reference = ([a, b], node, evaluate) => {
  const [batch, M, N] = node.shape as [number, number, number];
  const matrixOf = (x: ReferenceArray, i: number): ReferenceArray => {
    const size = x.shape[1]! * x.shape[2]!;
    const start = x.shape[0] === 1 ? 0 : i * size;
    return { data: x.data.subarray(start, start + size), shape: x.shape.slice(1) };
  };
  const y = new Float64Array(batch * M * N);
  for (let i = 0; i < batch; i++) {
    const part = matmul([matrixOf(a!, i), matrixOf(b!, i)], { ...node, shape: [M, N] }, evaluate);
    y.set(part as Float64Array, i * M * N);
  }
  return y;
};
