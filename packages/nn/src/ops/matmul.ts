import { ShapeError } from "../errors.js";
import { joinSides, type Side, splitSides } from "../graph/layout.js";
import type { Lowering, Op } from "../graph/op.js";
import { formatShape } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";
import { batchMatmul } from "./batch-matmul.js";
import { isParameter } from "./leaves.js";

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Sizes of op(A) [M, K] · op(B) [K, N]. */
export function matmulSizes(node: Tensor): {
  M: number;
  N: number;
  K: number;
  transA: boolean;
  transB: boolean;
} {
  const { transposeA = false, transposeB = false } = node.attributes as MatmulOptions;
  const a = node.inputs[0]!.shape;
  const [M, N] = node.shape;
  return { M: M!, N: N!, K: transposeA ? a[0]! : a[1]!, transA: transposeA, transB: transposeB };
}

/** From so many inputs and below so many units, a Dense kernel is kept [units, inputs]. */
const TALL = 256;
const NARROW = 16;

/**
 * Whether a matrix is a tall, narrow kernel. Such a one is best kept by columns: the forward product then sums along k on both sides, the
 * input's gradient reads its rows as they lie, and the kernel's gradient is written along its long side.
 */
const isTallKernel = (x: Tensor): boolean => isParameter(x) && x.shape[0]! >= TALL && x.shape[1]! < NARROW;

/** Whether a product looks like the gradient of such a kernel, which is to lie as the kernel does: by columns. */
export function isWrittenByColumns(node: Tensor): boolean {
  const { M, N, transA } = matmulSizes(node);
  return transA && M >= TALL && N < NARROW;
}

export const matmulOp: Op = {
  name: "matmul",
  // Rows and columns may lie permuted among themselves as long as both operands permute the summed dimension alike; the output
  // inherits the others. So a flattened convolution output meets a Dense kernel whose rows lie in the same order. Either operand may
  // lie transposed: the kernels take both.
  layout: (node, [a, b]) => {
    const { M, N, K, transA, transB } = matmulSizes(node);
    const tall = isTallKernel(node.inputs[1]!);
    const written = isWrittenByColumns(node);
    const plain = {
      inputs: [
        undefined,
        tall ? joinSides(undefined, transB ? N : K, undefined, transB ? K : N, true) : undefined,
      ],
      output: written ? joinSides(undefined, M, undefined, N, true) : undefined,
    };
    if (!a && !b) return plain;
    const sidesA = splitSides(a, transA ? K : M);
    const sidesB = splitSides(b, transB ? N : K);
    if (!sidesA || !sidesB) return plain;
    const [rows, innerA] = transA ? [sidesA.columns, sidesA.rows] : [sidesA.rows, sidesA.columns];
    const [columns, innerB] = transB ? [sidesB.rows, sidesB.columns] : [sidesB.columns, sidesB.rows];
    const inner: Side = innerA ?? innerB;
    const byColumns = sidesB.transposed || tall;
    return {
      inputs: [
        transA
          ? joinSides(inner, K, rows, M, sidesA.transposed)
          : joinSides(rows, M, inner, K, sidesA.transposed),
        transB ? joinSides(columns, N, inner, K, byColumns) : joinSides(inner, K, columns, N, byColumns),
      ],
      output: joinSides(rows, M, columns, N, written),
    };
  },
  gradient: (dy, { inputs: [a, b], attributes }) => {
    const { transposeA = false, transposeB = false } = attributes as MatmulOptions;
    const da = transposeA
      ? matmul(b!, dy, { transposeA: transposeB, transposeB: true })
      : matmul(dy, b!, { transposeB: !transposeB });
    const db = transposeB
      ? matmul(dy, a!, { transposeA: true, transposeB: transposeA })
      : matmul(a!, dy, { transposeA: !transposeA });
    return [da, db];
  },
  lower: (lowering) => lowerMatmul(lowering.node, lowering, 0, false),
};

type Place = Pick<Lowering, "emit" | "y" | "x" | "layout" | "planning" | "scratch">;

/** The product as the kernels are given it: Cᵀ = op(B)ᵀ·op(A)ᵀ where it is written by columns. */
function productOf(node: Tensor, { y, x, layout, scratch, planning }: Place) {
  const { M, N, K, transA, transB } = matmulSizes(node);
  const liesTransposed = (input: number) =>
    splitSides(layout(input), node.inputs[input]!.shape[0]!)?.transposed ?? false;
  const a = { address: x[0]!, transposed: transA !== liesTransposed(0) };
  const b = { address: x[1]!, transposed: transB !== liesTransposed(1) };
  const turned = isWrittenByColumns(node);
  const [left, right] = turned
    ? [
        { address: b.address, transposed: !b.transposed },
        { address: a.address, transposed: !a.transposed },
      ]
    : [a, b];
  const sizes = { M: turned ? N : M, N: turned ? M : N, K };
  const scratchBytes = planning.gemmScratchBytes({
    ...sizes,
    transA: left.transposed,
    transB: right.transposed,
  });
  return {
    a: left.address,
    b: right.address,
    c: y,
    ...sizes,
    lda: left.transposed ? sizes.M : K,
    ldb: right.transposed ? K : sizes.N,
    ldc: sizes.N,
    transA: left.transposed ? 1 : 0,
    transB: right.transposed ? 1 : 0,
    scratch: scratch(scratchBytes),
  };
}

/**
 * Emits the matrix product of `node`, into the lowering's output, with a bias row (0: none) and a ReLU as its epilogue. A product that is
 * written by columns can have no bias.
 */
export function lowerMatmul(node: Tensor, place: Place, bias: number, relu: boolean): void {
  place.emit("gemm", {
    ...productOf(node, place),
    bias,
    accumulate: 0,
    activation: relu ? 1 : 0,
    batch: 1,
    strideA: 0,
    strideB: 0,
    strideC: 0,
  });
}

/**
 * Emits the matrix product of `node`, 0 where `mask`, which lies as the output does, is not above 0. rate: address of the rate of a dropout
 * whose scale it gets, 0 for none. Only where the planning says `masksInside`.
 */
export function lowerMaskedMatmul(node: Tensor, place: Place, mask: number, rate: number): void {
  place.emit("gemm_masked", { ...productOf(node, place), mask, rate });
}

/**
 * Matrix product: y = op(a)·op(b), where op transposes the last two dimensions when asked to.
 *
 * op(a) [M, K], op(b) [K, N] → y [M, N]. Dimensions before these are a batch of products, and broadcast.
 * @throws {ShapeError} `matmul-shapes` when the inner dimensions differ, or those before them do not broadcast.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  const [m, ka] = lastTwo(a, transposeA);
  const [kb, n] = lastTwo(b, transposeB);
  const fit = a.shape.length >= 2 && b.shape.length >= 2 && ka === kb;
  if (fit && a.shape.length === 2 && b.shape.length === 2) {
    return makeTensor(matmulOp, [a, b], { ...options }, [m!, n!]);
  }
  const y = fit && batchMatmul(a, b, { transposeA, transposeB });
  if (y) return y;
  const got = (x: Tensor, [rows, columns]: readonly (number | undefined)[]) =>
    formatShape([...x.shape.slice(0, -2), rows ?? "?", columns ?? "?"]);
  throw new ShapeError(
    "matmul-shapes",
    `matmul: expected matrices [M, K] and [K, N], got ${got(a, [m, ka])} and ${got(b, [kb, n])} after transposition.`,
  );
}

/** The last two dimensions, exchanged when they are transposed. */
function lastTwo({ shape }: Tensor, transposed: boolean): (number | undefined)[] {
  const [rows, columns] = shape.length < 2 ? shape : shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}
