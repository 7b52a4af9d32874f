import { type BinaryKind, binaryKinds, type UnaryKind, unaryKinds } from "../instructions/elementwise.js";
import type { KernelMemory } from "../memory.js";
import { checkRanges, checkSize } from "./ranges.js";

interface Exports {
  fill_f32(y: number, value: number, begin: number, end: number): void;
  copy_f32(y: number, x: number, begin: number, end: number): void;
  scale_shift_f32(y: number, x: number, scale: number, shift: number, begin: number, end: number): void;
  unary_f32(y: number, x: number, begin: number, end: number, kind: number, alpha: number): void;
  unary_grad_f32(
    dx: number,
    v: number,
    dy: number,
    begin: number,
    end: number,
    kind: number,
    alpha: number,
  ): void;
  binary_f32(y: number, a: number, b: number, begin: number, end: number, kind: number): void;
  binary_rows_f32(
    y: number,
    a: number,
    b: number,
    cols: number,
    kind: number,
    begin: number,
    end: number,
  ): void;
  binary_cols_f32(
    y: number,
    a: number,
    b: number,
    cols: number,
    kind: number,
    begin: number,
    end: number,
  ): void;
  permute_units(rank: number, dims: number, strides: number): number;
  permute_f32(
    y: number,
    x: number,
    rank: number,
    dims: number,
    strides: number,
    begin: number,
    end: number,
  ): void;
}

const MAXIMUM_RANK = 6;

/**
 * Elementwise calls. y, x, a, b, dx, dy, v are byte addresses of f32, n and dimensions count elements; an output may be an input of its size
 * (not so in `permute`). NaN passes. All throw RangeError and MemoryError: see checkRanges.
 */
export function elementwiseKernels(memory: KernelMemory, exports: Record<string, unknown>) {
  const wasm = exports as unknown as Exports;
  const shape = memory.allocate(2 * 4 * MAXIMUM_RANK);
  return {
    /** y[i] = value. */
    fill(y: number, n: number, value: number): void {
      checkRanges(memory, "fill", { y: [y, n] });
      wasm.fill_f32(y, value, 0, n);
    },
    /** y[i] = x[i]; the ranges may overlap. */
    copy(y: number, x: number, n: number): void {
      checkRanges(memory, "copy", { y: [y, n], x: [x, n] });
      wasm.copy_f32(y, x, 0, n);
    },
    /** y[i] = scale·x[i] + shift. */
    scaleShift(y: number, x: number, n: number, scale: number, shift: number): void {
      checkRanges(memory, "scaleShift", { y: [y, n], x: [x, n] });
      wasm.scale_shift_f32(y, x, scale, shift, 0, n);
    },
    /** y[i] = f(x[i]); alpha (default 0) is the slope of leaky_relu and the α of elu. */
    unary(kind: UnaryKind, y: number, x: number, n: number, alpha = 0): void {
      checkRanges(memory, `unary ${kind}`, { y: [y, n], x: [x, n] });
      wasm.unary_f32(y, x, 0, n, unaryKinds[kind], alpha);
    },
    /**
     * dx[i] = f′·dy[i], from v: the output of f for sqrt, exp, relu, leaky_relu, elu, sigmoid, tanh and reciprocal, its input for abs, square
     * and log; neg and sign ignore it. leaky_relu and elu want alpha ≥ 0.
     */
    unaryGrad(kind: UnaryKind, dx: number, v: number, dy: number, n: number, alpha = 0): void {
      checkRanges(memory, `unaryGrad ${kind}`, { dx: [dx, n], v: [v, n], dy: [dy, n] });
      wasm.unary_grad_f32(dx, v, dy, 0, n, unaryKinds[kind], alpha);
    },
    /** y[i] = a[i] ∘ b[i]. */
    combine(kind: BinaryKind, y: number, a: number, b: number, n: number): void {
      checkRanges(memory, `combine ${kind}`, { y: [y, n], a: [a, n], b: [b, n] });
      wasm.binary_f32(y, a, b, 0, n, binaryKinds[kind]);
    },
    /** y[r, c] = a[r, c] ∘ b[c]. */
    combineRows(kind: BinaryKind, y: number, a: number, b: number, rows: number, cols: number): void {
      const size = rows * cols;
      checkRanges(memory, `combineRows ${kind}`, { y: [y, size], a: [a, size], b: [b, cols] });
      wasm.binary_rows_f32(y, a, b, cols, binaryKinds[kind], 0, rows);
    },
    /** y[r, c] = a[r, c] ∘ b[r]. */
    combineCols(kind: BinaryKind, y: number, a: number, b: number, rows: number, cols: number): void {
      const size = rows * cols;
      checkRanges(memory, `combineCols ${kind}`, { y: [y, size], a: [a, size], b: [b, rows] });
      wasm.binary_cols_f32(y, a, b, cols, binaryKinds[kind], 0, rows);
    },
    /**
     * y[i₀, i₁, …] = x[Σ iₖ·strides[k]], y contiguous with dimensions `dims` (at most 6), strides in elements, 0 and negative ones too.
     * y must not overlap x.
     */
    permute(y: number, x: number, dims: readonly number[], strides: readonly number[]): void {
      if (dims.length > MAXIMUM_RANK || dims.length !== strides.length) {
        throw new RangeError(
          `permute: expected at most ${MAXIMUM_RANK} dimensions and as many strides, got ${dims.length} and ${strides.length}`,
        );
      }
      let size = 1;
      let first = x;
      let reach = 1;
      dims.forEach((d, k) => {
        checkSize("permute", `dimension ${k}`, d);
        size *= d;
        const span = (d - 1) * strides[k]!;
        reach += Math.abs(span);
        if (span < 0) first += 4 * span;
      });
      checkRanges(memory, "permute", { y: [y, size], x: [first, size === 0 ? 0 : reach] });
      memory.u32(shape, dims.length).set(dims);
      memory.u32(shape + 4 * MAXIMUM_RANK, dims.length).set(strides);
      const strideWords = shape + 4 * MAXIMUM_RANK;
      const units = wasm.permute_units(dims.length, shape, strideWords);
      wasm.permute_f32(y, x, dims.length, shape, strideWords, 0, units);
    },
  };
}
