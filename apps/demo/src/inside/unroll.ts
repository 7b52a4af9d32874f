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
