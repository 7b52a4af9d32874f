import { OPTIMIZER_RANGE_WORDS, type OptimizerRange, optimizerTable } from "../instructions/optim.js";
import type { KernelMemory } from "../memory.js";
import { checkRanges, checkSize, type Range } from "./ranges.js";

type Update = (...args: number[]) => void;

interface Exports {
  sgd_f32: Update;
  adagrad_f32: Update;
  rmsprop_f32: Update;
  adadelta_f32: Update;
  adam_f32(
    theta: number,
    g: number,
    m: number,
    v: number,
    scalars: number,
    step: bigint,
    table: number,
    count: number,
    decoupled: number,
    begin: number,
    end: number,
  ): void;
  power_f64(x: number, n: bigint): number;
}

/** A flat block of f32 parameters and its gradients, at byte addresses, and how to update it. */
export interface Update32 {
  readonly params: number;
  readonly grads: number;
  readonly n: number;
  readonly learningRate: number;
  /** Stretches with settings of their own, which must not overlap; what is in none stays. Default: one of everything. */
  readonly ranges?: readonly OptimizerRange[];
}

const SCALARS = 4;

/**
 * One update of each optimizer by PyTorch's formulas; slots are byte addresses of f32 [n] that begin as zeros. See src/instructions/optim.ts
 * for the equations. All throw RangeError and MemoryError: see checkRanges.
 */
export function optimKernels(memory: KernelMemory, exports: Record<string, unknown>) {
  const wasm = exports as unknown as Exports;
  const scalars = memory.allocate(8 * SCALARS);
  let table = 0;
  let capacity = 0;

  /** Checks the operands, and puts scalars and table where the kernels read them. */
  function prepare(
    kernel: string,
    update: Update32,
    slots: Readonly<Record<string, number>>,
    values: readonly number[],
  ): { table: number; count: number } {
    const { params, grads, n, learningRate, ranges = [{ offset: 0, length: n }] } = update;
    const operands: Record<string, Range> = { params: [params, n], grads: [grads, n] };
    for (const [name, at] of Object.entries(slots)) operands[name] = [at, n];
    checkRanges(memory, kernel, operands);
    for (const { offset, length } of ranges) {
      checkSize(kernel, "a range's offset", offset);
      checkSize(kernel, "a range's length", length);
      if (offset + length > n)
        throw new RangeError(
          `${kernel}: expected ranges within ${n} elements, got one to ${offset + length}`,
        );
    }
    if (ranges.length > capacity) {
      capacity = 2 * ranges.length;
      table = memory.allocate(4 * OPTIMIZER_RANGE_WORDS * capacity);
    }
    memory.u32(table, ranges.length * OPTIMIZER_RANGE_WORDS).set(optimizerTable(ranges));
    memory.f64(scalars, SCALARS).set([learningRate, ...values]);
    return { table, count: ranges.length };
  }

  return {
    /** v ← μv + g, θ ← θ − α·v (nesterov: −α·(g + μv)); without a velocity θ ← θ − α·g. */
    sgd(
      update: Update32 & {
        readonly velocity?: number;
        readonly momentum?: number;
        readonly nesterov?: boolean;
      },
    ): void {
      const { params, grads, n, velocity, momentum = 0, nesterov = false } = update;
      const slots = velocity === undefined ? {} : { velocity };
      const { table: at, count } = prepare("sgd", update, slots, [momentum]);
      wasm.sgd_f32(params, grads, velocity ?? 0, scalars, at, count, nesterov ? 1 : 0, 0, n);
    },
    /** s ← s + g², θ ← θ − α·g / (√s + ε). */
    adagrad(update: Update32 & { readonly accumulator: number; readonly epsilon: number }): void {
      const { params, grads, n, accumulator, epsilon } = update;
      const { table: at, count } = prepare("adagrad", update, { accumulator }, [epsilon]);
      wasm.adagrad_f32(params, grads, accumulator, scalars, at, count, 0, n);
    },
    /** s ← ρs + (1 − ρ)g², θ ← θ − α·g / (√s + ε). */
    rmsprop(
      update: Update32 & { readonly meanSquare: number; readonly rho: number; readonly epsilon: number },
    ): void {
      const { params, grads, n, meanSquare, rho, epsilon } = update;
      const { table: at, count } = prepare("rmsprop", update, { meanSquare }, [rho, epsilon]);
      wasm.rmsprop_f32(params, grads, meanSquare, scalars, at, count, 0, n);
    },
    /** s ← ρs + (1 − ρ)g², Δ = g·√(u + ε) / √(s + ε), u ← ρu + (1 − ρ)Δ², θ ← θ − α·Δ. */
    adadelta(
      update: Update32 & {
        readonly meanSquare: number;
        readonly meanSquareUpdate: number;
        readonly rho: number;
        readonly epsilon: number;
      },
    ): void {
      const { params, grads, n, meanSquare, meanSquareUpdate, rho, epsilon } = update;
      const { table: at, count } = prepare("adadelta", update, { meanSquare, meanSquareUpdate }, [
        rho,
        epsilon,
      ]);
      wasm.adadelta_f32(params, grads, meanSquare, meanSquareUpdate, scalars, at, count, 0, n);
    },
    /** m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − α·m̂ / (√v̂ + ε) for t = step + 1; decoupled: AdamW. */
    adam(
      update: Update32 & {
        readonly m: number;
        readonly v: number;
        readonly beta1: number;
        readonly beta2: number;
        readonly epsilon: number;
        readonly step: number;
        readonly decoupled?: boolean;
      },
    ): void {
      const { params, grads, n, m, v, beta1, beta2, epsilon, step, decoupled = false } = update;
      const { table: at, count } = prepare("adam", update, { m, v }, [beta1, beta2, epsilon]);
      wasm.adam_f32(params, grads, m, v, scalars, BigInt(step), at, count, decoupled ? 1 : 0, 0, n);
    },
    /** xⁿ by repeated squaring, as Adam forms βᵗ; n is a whole number in [0, 2⁵³]. */
    power(x: number, n: number): number {
      return wasm.power_f64(x, BigInt(n));
    },
  };
}
