import { gemmScratchBytes } from "@loam/kernels-as";
import type { Workbench } from "./workbench.js";

/** A square picture under a square kernel. */
export interface UnrollGeometry {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** The largest that the sliders allow. */
const MOST = { size: 28, kernel: 7, padding: 3 } as const;
const MOST_OUT = MOST.size + 2 * MOST.padding;

/** Windows side by side; below 1 where the kernel is larger than the padded picture. */
export function outSize({ size, kernel, stride, padding }: UnrollGeometry): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** A filter that finds edges from left to right: each column of it weighs as far as it is from the middle; the weights' sizes add up to 2. */
export function edgeFilter(kernel: number): Float32Array {
  const middle = (kernel - 1) / 2;
  const weights = Float32Array.from({ length: kernel * kernel }, (_, i) => (i % kernel) - middle);
  const sizes = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  return sizes === 0 ? Float32Array.of(1) : weights.map((weight) => (2 * weight) / sizes);
}

/** im2col and col2im by the library's kernels. */
export class Unroll {
  readonly #bench: Workbench;

  constructor(bench: Workbench) {
    this.#bench = bench;
  }

  /** The matrix [out², kernel²] of a picture [size, size]. */
  async columns(picture: Float32Array, geometry: UnrollGeometry): Promise<Float32Array> {
    const { x, cols } = await this.#blocks();
    await this.#bench.write(x, picture);
    await this.#bench.run([["im2col", { x, cols, ...instruction(geometry) }]]);
    return this.#bench.readFloats(cols, outSize(geometry) ** 2 * geometry.kernel ** 2);
  }

  /** The picture [size, size] into which the matrix's rows are added back. */
  async picture(columns: Float32Array, geometry: UnrollGeometry): Promise<Float32Array> {
    const { x, cols } = await this.#blocks();
    await this.#bench.write(cols, columns);
    await this.#bench.run([["col2im", { cols, dx: x, ...instruction(geometry) }]]);
    return this.#bench.readFloats(x, geometry.size ** 2);
  }

  /** The convolution's map [out²]: the matrix times a filter [kernel²], as one product. */
  async map(columns: Float32Array, filter: Float32Array, geometry: UnrollGeometry): Promise<Float32Array> {
    const { cols } = await this.#blocks();
    const shape = { M: outSize(geometry) ** 2, N: 1, K: geometry.kernel ** 2 };
    const b = await this.#bench.block("filter", MOST.kernel ** 2 * 4);
    const c = await this.#bench.block("map", MOST_OUT ** 2 * 4);
    const scratch = await this.#bench.block("scratch", gemmScratchBytes(shape, 1));
    await this.#bench.write(cols, columns);
    await this.#bench.write(b, filter);
    const plain = { bias: 0, transA: 0, transB: 0, accumulate: 0, activation: 0 };
    const single = { batch: 1, strideA: 0, strideB: 0, strideC: 0 };
    await this.#bench.run([
      ["gemm", { a: cols, b, c, ...shape, lda: shape.K, ldb: 1, ldc: 1, scratch, ...plain, ...single }],
    ]);
    return this.#bench.readFloats(c, shape.M);
  }

  async #blocks(): Promise<{ x: number; cols: number }> {
    const x = await this.#bench.block("picture", MOST.size ** 2 * 4);
    const cols = await this.#bench.block("columns", MOST_OUT ** 2 * MOST.kernel ** 2 * 4);
    return { x, cols };
  }
}

function instruction(geometry: UnrollGeometry) {
  const { size, kernel, stride, padding } = geometry;
  const out = outSize(geometry);
  return {
    batch: 1,
    height: size,
    width: size,
    channels: 1,
    outHeight: out,
    outWidth: out,
    kernelHeight: kernel,
    kernelWidth: kernel,
    strideHeight: stride,
    strideWidth: stride,
    padTop: padding,
    padLeft: padding,
    dilationHeight: 1,
    dilationWidth: 1,
  };
}
