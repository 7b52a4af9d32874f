import type { KernelMemory } from "../memory.js";
import { checkRanges, type Range } from "./ranges.js";

interface Exports {
  softmax_cross_entropy_f32(
    loss: number,
    dx: number,
    logits: number,
    labels: number,
    cols: number,
    sparse: number,
    gradScale: number,
    begin: number,
    end: number,
  ): void;
  sigmoid_cross_entropy_f32(
    loss: number,
    dx: number,
    logits: number,
    targets: number,
    gradScale: number,
    begin: number,
    end: number,
  ): void;
  accuracy_f32(
    count: number,
    logits: number,
    labels: number,
    rows: number,
    cols: number,
    sparse: number,
  ): void;
  binary_accuracy_f32(count: number, logits: number, targets: number, n: number, threshold: number): void;
}

export interface SoftmaxCrossEntropy {
  /** f32 [rows]: where the losses go. */
  readonly loss: number;
  /** f32 [rows, cols]: where the gradient goes, if it is wanted; may be `logits`. */
  readonly dx?: number;
  readonly logits: number;
  /** u32 [rows] of classes when sparse, else f32 [rows, cols]. */
  readonly labels: number;
  readonly rows: number;
  readonly cols: number;
  readonly sparse: boolean;
  /** What the gradient is multiplied by (default 1): 1 / rows for that of the mean. */
  readonly gradScale?: number;
}

export interface SigmoidCrossEntropy {
  /** f32 [n] each. */
  readonly loss: number;
  readonly dx?: number;
  readonly logits: number;
  readonly targets: number;
  readonly n: number;
  readonly gradScale?: number;
}

/** Losses on logits, and accuracy. Addresses in bytes, sizes in elements. All throw RangeError and MemoryError: see checkRanges. */
export function lossKernels(memory: KernelMemory, exports: Record<string, unknown>) {
  const wasm = exports as unknown as Exports;
  const counter = memory.allocate(8);
  const labelRange = (labels: number, rows: number, cols: number, sparse: boolean): Range => [
    labels,
    sparse ? rows : rows * cols,
  ];
  return {
    /**
     * loss[r] = Σ_c t[r, c]·(log Σ_k e^x[r, k] − x[r, c]); dx = (T·softmax(x) − t)·gradScale with T = Σ_c t[r, c]. A class that is not there
     * makes its row NaN.
     */
    softmaxCrossEntropy(args: SoftmaxCrossEntropy): void {
      const { loss, dx = 0, logits, labels, rows, cols, sparse, gradScale = 1 } = args;
      const size = rows * cols;
      checkRanges(memory, "softmaxCrossEntropy", {
        loss: [loss, rows],
        dx: [dx, dx === 0 ? 0 : size],
        logits: [logits, size],
        labels: labelRange(labels, rows, cols, sparse),
      });
      wasm.softmax_cross_entropy_f32(loss, dx, logits, labels, cols, sparse ? 1 : 0, gradScale, 0, rows);
    },
    /** loss[i] = max(x, 0) − x·t + log(1 + e^−|x|); dx[i] = (sigmoid(x) − t)·gradScale. */
    sigmoidCrossEntropy(args: SigmoidCrossEntropy): void {
      const { loss, dx = 0, logits, targets, n, gradScale = 1 } = args;
      checkRanges(memory, "sigmoidCrossEntropy", {
        loss: [loss, n],
        dx: [dx, dx === 0 ? 0 : n],
        logits: [logits, n],
        targets: [targets, n],
      });
      wasm.sigmoid_cross_entropy_f32(loss, dx, logits, targets, gradScale, 0, n);
    },
    /** How many rows have their first greatest logit where the label says; NaN is a miss. */
    accuracy(logits: number, labels: number, rows: number, cols: number, sparse: boolean): number {
      checkRanges(memory, "accuracy", {
        logits: [logits, rows * cols],
        labels: labelRange(labels, rows, cols, sparse),
      });
      memory.f64(counter, 1)[0] = 0;
      wasm.accuracy_f32(counter, logits, labels, rows, cols, sparse ? 1 : 0);
      return memory.f64(counter, 1)[0]!;
    },
    /** How many i have (logits[i] > threshold) = (targets[i] > ½); NaN is a miss. */
    binaryAccuracy(logits: number, targets: number, n: number, threshold = 0): number {
      checkRanges(memory, "binaryAccuracy", { logits: [logits, n], targets: [targets, n] });
      memory.f64(counter, 1)[0] = 0;
      wasm.binary_accuracy_f32(counter, logits, targets, n, threshold);
      return memory.f64(counter, 1)[0]!;
    },
  };
}
