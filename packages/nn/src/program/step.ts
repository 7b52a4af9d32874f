import type { Layout } from "../graph/layout.js";
import type { LayoutRule, Lowering } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { isInput, isParameter } from "../ops/leaves.js";
import { reshapeOp } from "../ops/reshape.js";

/** What a step is given: a lowering of its node, and the addresses of the other tensors that it writes. */
export interface StepLowering extends Lowering {
  /** Byte address of a tensor that the step writes. */
  addressOf(tensor: Tensor): number;
  /** True in the pass that only finds how much working space steps ask for: addresses mean nothing yet, and nothing is written. */
  readonly isMeasuring: boolean;
}

/** One or more ops that run as one instruction (rarely two): which tensors it reads and writes, and how it is written down. */
export interface Step {
  /** The tensor whose memory the step fills. */
  readonly node: Tensor;
  readonly reads: readonly Tensor[];
  /** Further tensors that it fills. */
  readonly alsoWrites: readonly Tensor[];
  /** Whether its node (0) or the i-th further tensor that it fills (from 1) may be written over a read, which the step reads before it writes. */
  overwrites(written: number, read: number): boolean;
  layout(reads: readonly (Layout | undefined)[]): LayoutRule;
  /** For a step whose node may lie anyhow, however its reads do: lets it lie so from now on. @returns whether that changes its layout. */
  suit?(layout: Layout | undefined): boolean;
  lower(lowering: StepLowering): void;
}

export function isLeaf(node: Tensor): boolean {
  return isInput(node) || isParameter(node);
}

/** For steps that read what they are given until they are done. */
export const overwritesNothing = (): boolean => false;

/** The tensor whose memory a chain of reshapes shows. */
export function throughViews(tensor: Tensor): Tensor {
  let x = tensor;
  while (x.op === reshapeOp) x = x.inputs[0]!;
  return x;
}

/** A step of one op, by its first output, or the first one that is asked for. */
export function plainStep(first: Tensor, isWanted: (output: Tensor) => boolean = () => true): Step {
  const { op } = first;
  const outputs = op.lazy ? first.node.outputs.filter(isWanted) : first.node.outputs;
  const [node = first, ...alsoWrites] = outputs;
  return {
    node,
    reads: node.inputs,
    alsoWrites,
    overwrites: (written, read) => written === 0 && read === op.inPlace,
    layout: (reads) => {
      if (typeof op.layout === "function") return op.layout(node, reads);
      if (op.layout !== "alike") return { inputs: reads.map(() => undefined), output: undefined };
      const common = reads.find((layout) => layout !== undefined);
      return { inputs: reads.map(() => common), output: common };
    },
    lower: (lowering) => op.lower!(lowering),
  };
}
