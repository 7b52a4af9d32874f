import type { Conv2dGeometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import type { Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Numbers in float64 with a shape: what the reference computes with. */
export interface ReferenceArray {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/**
 * The interpreter's instructions by name, with their arguments. Filled in by `program/instructions.ts`: this room does not know the kernels.
 */
// biome-ignore lint/suspicious/noEmptyInterface: a declaration elsewhere adds the members
export interface Instructions {}

/** What an op's lowering is given: addresses in linear memory, and the writer of instructions. */
export interface Lowering {
  readonly node: Tensor;
  /** Byte address of the output, and of each input. */
  readonly y: number;
  readonly x: readonly number[];
  /** How many elements the output has. */
  readonly n: number;
  /** The layout of an input as it lies in memory. */
  layout(input: number): Layout | undefined;
  /** Appends an instruction of the interpreter. */
  emit<K extends keyof Instructions>(instruction: K, args: Instructions[K]): void;
  /** Byte address of `bytes` bytes of working space that is free for this op alone. */
  scratch(bytes: number): number;
  /** Addresses of words that change from run to run without a new plan. */
  readonly words: { readonly step: number; readonly seed: number };
  readonly planning: KernelPlanning;
  /** Byte address of a constant f32. */
  constant(value: number): number;
}

/** What the kernels want to know beforehand: algorithms by shape, and working space. */
export interface KernelPlanning {
  gemmScratchBytes(sizes: { M: number; N: number; K: number; transA: boolean; transB: boolean }): number;
  /** Whether a product of these sizes can be masked by the gradient of a ReLU as it is written. */
  masksInside(sizes: { M: number; N: number; K: number }): boolean;
  /** Whether it can then be written over the mask. */
  masksInPlace(sizes: { M: number; N: number }): boolean;
  conv2d(
    geometry: Conv2dGeometry,
    pass: "forward" | "inputGrad" | "kernelGrad" | "grad",
  ): { algorithm: number; scratchBytes: number };
  /** Whether ReLU and a 2x2 maximum pooling can run inside a pass of the convolution before them. */
  poolsInside(geometry: Conv2dGeometry, pass: "forward" | "kernelGrad" | "grad"): boolean;
}

/** How an op wants its operands to lie in memory. */
export interface LayoutRule {
  /** The layout that each input must have; undefined is row-major. */
  readonly inputs: readonly (Layout | undefined)[];
  readonly output: Layout | undefined;
  /** Those of the further tensors that a fused step writes; row-major by default. */
  readonly also?: readonly (Layout | undefined)[];
}

/** An operation: what it computes, how it differentiates, and which instructions run it. */
export interface Op {
  readonly name: string;
  /**
   * The gradient of a scalar with respect to each input, given that with respect to the output, in terms of other ops; undefined for an
   * input that has none. Left out where nothing flows back.
   */
  gradient?(dy: Tensor, y: Tensor): readonly (Tensor | undefined)[];
  /** The same op in float64. */
  reference(inputs: readonly ReferenceArray[], node: Tensor): Float64Array;
  /** In place of `reference` where the values of tensors other than the inputs are needed. */
  referenceOf?(values: (tensor: Tensor) => ReferenceArray, node: Tensor): Float64Array;
  /** Bytes behind the output's elements that the op keeps for its gradient. */
  extraBytes?(node: Tensor): number;
  /**
   * Layouts, given those that the inputs have now. `"alike"`: all non-scalar inputs and the output lie alike, as elementwise ops have it;
   * `"row-major"` (the default).
   */
  readonly layout?:
    | "alike"
    | "row-major"
    | ((node: Tensor, inputs: readonly (Layout | undefined)[]) => LayoutRule);
  /** True for an op that takes class indices; others are refused them. */
  readonly indices?: boolean;
  /** True when the output may overwrite input `inPlace` as it is read. */
  readonly inPlace?: number;
  /** Left out by leaves, whose values are put in memory, and by views of their input. */
  lower?(lowering: Lowering): void;
}
