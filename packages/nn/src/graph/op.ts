import type { Expression } from "./expression.js";
import type { Conv2dGeometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import type { Shape } from "./shape.js";

/** What a tensor's elements are: numbers; 32-bit or 8-bit indices; or truths, which lie in memory as the numbers 0 and 1 and may be used as such. */
export type DataType = "f32" | "u32" | "u8" | "bool";

/** An op's own settings: plain values. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An operation on tensors in a graph, with as many outputs as its op has. It holds no numbers. */
export interface Node<A extends Attributes = Attributes> {
  /** That of its first output. */
  readonly id: number;
  readonly op: Op<A>;
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  readonly outputs: readonly Tensor<A>[];
  /** The layer that made it, for messages. */
  readonly scope: string;
}

/**
 * A value that a graph will compute: one output of a node. `op`, `inputs`, `attributes` and `scope` are its node's.
 *
 * Tensors are made by the functions in `ops/`, never changed, and belong to no graph until something asks for them.
 */
export interface Tensor<A extends Attributes = Attributes> {
  /** Grows in the order of creation, so that sorting by it is a topological order. */
  readonly id: number;
  readonly node: Node<A>;
  /** Which of the node's outputs it is. */
  readonly index: number;
  readonly shape: Shape;
  readonly type: DataType;
  readonly op: Op<A>;
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  readonly scope: string;
}

/**
 * The interpreter's instructions by name, with their arguments. Filled in by `program/instructions.ts`: this room does not know the kernels.
 */
// biome-ignore lint/suspicious/noEmptyInterface: a declaration elsewhere adds the members
export interface Instructions {}

/** What an op's lowering is given: addresses in linear memory, and the writer of instructions. */
export interface Lowering<A extends Attributes = Attributes> {
  /** The first output. */
  readonly node: Tensor<A>;
  /** Byte address of the first output, of each output, and of each input. */
  readonly y: number;
  readonly ys: readonly number[];
  readonly x: readonly number[];
  /** Whether somebody reads an output; one that nobody reads has no address if the op is lazy. */
  isWanted(output: number): boolean;
  /** How many elements the first output has. */
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
  /**
   * Emits what fills `assigns`, which is asked for and planned once, and runs it `count` times. The graph of each value is its own: its leaves lie
   * where `place` says, as the leaves that are assigned to do, in whole steps from one turn to the next.
   */
  repeat(
    assigns: () => readonly Assign[],
    count: number,
    place: (leaf: Tensor, turn: number) => number,
  ): void;
}

/**
 * A leaf with a place that is to hold a value at the program's end. Every read of the leaf in the program sees what it held before, and a program
 * that leaves itself on the way has assigned nothing.
 */
export interface Assign {
  readonly to: Tensor;
  readonly value: Tensor;
}

/** Reverse-mode differentiation: the gradients, with respect to `targets`, of Σ y·dy over pairs [y, dy]. */
export type PullBack = (
  outputs: readonly (readonly [y: Tensor, dy: Tensor])[],
  targets: readonly Tensor[],
) => readonly (Tensor | undefined)[];

/** What the kernels want to know beforehand: algorithms by shape, and working space. */
export interface KernelPlanning {
  /** How many threads a program may be given. */
  readonly threads: number;
  gemmScratchBytes(sizes: {
    M: number;
    N: number;
    K: number;
    transA: boolean;
    transB: boolean;
    batch?: number;
  }): number;
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
  /** Those of the further tensors that a step writes, be it the op's other outputs or what is fused into it; row-major by default. */
  readonly also?: readonly (Layout | undefined)[];
}

/** The types of functions in an op's definition; as methods, so that an op with attributes of its own is an op among others. */
interface OpFunctions<A extends Attributes> {
  gradient(dy: Tensor, y: Tensor<A>): readonly (Tensor | undefined)[];
  layout(node: Tensor<A>, inputs: readonly (Layout | undefined)[]): LayoutRule;
}

/** An operation: what it computes, how it differentiates, and which instructions run it. */
export interface Op<A extends Attributes = Attributes> {
  readonly name: string;
  /**
   * The gradient of a scalar with respect to each input, given that with respect to the first output, in terms of other ops; undefined for
   * an input that has none. `"none"` says that nothing flows back; an op with no rule at all cannot be differentiated through.
   */
  readonly gradient?: "none" | OpFunctions<A>["gradient"];
  /** In place of `gradient` for an op with several outputs; undefined for an output that the scalar does not depend on. */
  gradients?(
    dys: readonly (Tensor | undefined)[],
    node: Node<A>,
    pullBack: PullBack,
  ): readonly (Tensor | undefined)[];
  /** True for an op that leaves out the outputs that nobody reads. */
  readonly lazy?: true;
  /**
   * Layouts, given those that the inputs have now. `"alike"`: all non-scalar inputs and the output lie alike, as elementwise ops have it;
   * `"row-major"` (the default).
   */
  readonly layout?: "alike" | "row-major" | OpFunctions<A>["layout"];
  /** What an elementwise op does to each element: one formula an output, over the inputs as they broadcast. */
  expressions?(node: Tensor<A>): readonly Expression[];
  /** True for an op that takes indices; others are refused them. */
  readonly indices?: boolean;
  /** Which input the output may overwrite as it is read. */
  readonly inPlace?: number;
  /** Left out by leaves, whose values are put in memory, and by views of their input. */
  lower?(lowering: Lowering<A>): void;
}
