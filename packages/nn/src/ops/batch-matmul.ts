import type { Op } from "../graph/op.js";
import { broadcastShape, type Shape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { broadcastTo } from "./broadcast-to.js";
import { reshape } from "./reshape.js";

type Attributes = { readonly transposeA: boolean; readonly transposeB: boolean };

/** a [batch, …], b [batch, …] → y [batch, M, N]: a product for each of a batch. A batch of 1 is repeated. */
const batchMatmulOp: Op<Attributes> = {
  name: "batchMatmul",
  gradient: (dy, { inputs: [a, b], attributes: { transposeA, transposeB } }) => [
    transposeA ? product(b!, dy, transposeB, true) : product(dy, b!, false, !transposeB),
    transposeB ? product(dy, a!, true, transposeA) : product(a!, dy, !transposeA, false),
  ],
  lower: ({ node, emit, y, x: [a, b], planning, scratch }) => {
    const { transposeA, transposeB } = node.attributes;
    const [batch, M, N] = node.shape as [number, number, number];
    const [left, right] = node.inputs.map(({ shape }) => shape) as [Shape, Shape];
    const K = left[transposeA ? 1 : 2]!;
    const bytes = planning.gemmScratchBytes({ M, N, K, batch, transA: transposeA, transB: transposeB });
    emit("gemm", {
      ...{ a: a!, b: b!, c: y, bias: 0, M, N, K, batch },
      ...{ lda: left[2]!, ldb: right[2]!, ldc: N },
      ...{ transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, accumulate: 0, activation: 0 },
      ...{ strideA: left[0] === 1 ? 0 : M * K, strideB: right[0] === 1 ? 0 : K * N, strideC: M * N },
      scratch: scratch(bytes),
    });
  },
};

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const batch = Math.max(a.shape[0]!, b.shape[0]!);
  const shape = [batch, a.shape[transposeA ? 2 : 1]!, b.shape[transposeB ? 1 : 2]!];
  return makeTensor(batchMatmulOp, [a, b], { transposeA, transposeB }, shape);
}

/** Matrix products over leading dimensions that broadcast; `lead` is their common shape. */
export function batchMatmul(
  a: Tensor,
  b: Tensor,
  { transposeA, transposeB }: Attributes,
): Tensor | undefined {
  const lead = broadcastShape([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  if (!lead) return undefined;
  const batch = sizeOf(lead);
  const stacked = (x: Tensor) => {
    const own = x.shape.slice(-2);
    // One matrix for all is read again and again; what is repeated otherwise is laid out.
    if (sizeOf(x.shape) === sizeOf(own)) return reshape(x, [1, ...own]);
    return reshape(broadcastTo(x, [...lead, ...own]), [batch, ...own]);
  };
  const y = product(stacked(a), stacked(b), transposeA, transposeB);
  return reshape(y, [...lead, ...y.shape.slice(-2)]);
}
