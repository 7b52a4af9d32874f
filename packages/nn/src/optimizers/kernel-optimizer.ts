import { Optimizer } from "./optimizer.js";

/** The update instructions that the kernels have. */
export type UpdateKernel = "sgd" | "adagrad" | "rmsprop" | "adadelta" | "adam";

/** An optimizer whose rule the kernels know: numbers, and the name of the instruction that uses them. Slots are called as its arguments are. */
export abstract class KernelOptimizer extends Optimizer {
  abstract readonly kernel: UpdateKernel;
  /** Further arguments of the kernel. */
  readonly flags: Readonly<Record<string, number>> = {};

  /** The kernel's float64 numbers, the learning rate first. */
  abstract kernelScalars(learningRate: number): readonly number[];
}

export function hasKernel(optimizer: Optimizer): optimizer is KernelOptimizer {
  return "kernel" in optimizer;
}
