import type { Node } from "../graph/op.js";
import { makeTensors, reachable, type Tensor, withScope } from "../graph/tensor.js";
import { constantOf } from "./fill.js";
import { input } from "./leaves.js";

/** A graph whose leaves are what a step is given. */
export interface Body {
  /** What a step takes over from the one before, its parts of the sequences, and what all steps see alike. */
  readonly carry: readonly Tensor[];
  readonly parts: readonly Tensor[];
  readonly shared: readonly Tensor[];
  /** What it hands on, in the order of `carry`. */
  readonly next: readonly Tensor[];
}

export interface LoopAttributes extends Body {
  readonly [name: string]: unknown;
  readonly length: number;
  /** True to begin with the last parts. */
  readonly reverse: boolean;
  /** What the body computes: each may be stacked. */
  readonly made: readonly Tensor[];
  /** Leaves that stand for where `next` and `made` are written. */
  readonly slots: { readonly next: readonly Tensor[]; readonly made: readonly Tensor[] };
}

const stepLeaves = new WeakSet<Tensor>();

/** What stands, in a step that is traced, for what the step is given. */
export function stepLeaf(name: string, { shape, type }: Pick<Tensor, "shape" | "type">): Tensor {
  const leaf = input(name, shape, type);
  stepLeaves.add(leaf);
  return leaf;
}

/** Whether x is what a step is given, which has no value outside of it. */
export const isStepLeaf = (x: Tensor): boolean => stepLeaves.has(x);

/** The node again, over other inputs of the same shapes. */
export function withInputs(node: Node, inputs: readonly Tensor[]): readonly Tensor[] {
  return withScope(node.scope, () => makeTensors(node.op, inputs, node.attributes, node.outputs));
}

/**
 * Tensors with others in the place of some: `replace` says for a tensor what stands for it, or undefined for one that is made anew of what its
 * inputs have become, if any of them is another one.
 */
export function rebuilt(
  outputs: readonly Tensor[],
  replace: (x: Tensor) => Tensor | undefined,
): readonly Tensor[] {
  const known = new Map<Tensor, Tensor>();
  const become = (x: Tensor): Tensor => {
    const before = known.get(x);
    if (before) return before;
    const other = replace(x);
    if (other) {
      known.set(x, other);
      return other;
    }
    const inputs = x.inputs.map(become);
    const same = inputs.every((input, i) => input === x.inputs[i]);
    const made = same ? x.node.outputs : withInputs(x.node, inputs);
    x.node.outputs.forEach((y, i) => {
      known.set(y, made[i]!);
    });
    return known.get(x)!;
  };
  return outputs.map(become);
}

/** The tensors behind `outputs` that depend on some of `leaves`, and these. */
export function dependents(outputs: readonly Tensor[], leaves: readonly Tensor[]): ReadonlySet<Tensor> {
  const found = new Set(leaves);
  for (const x of reachable(outputs)) if (x.inputs.some((input) => found.has(input))) found.add(x);
  return found;
}

/** What a body makes from step to step: no leaves, no numbers that never change, no views. */
export function madeBy(outputs: readonly Tensor[], isView: (x: Tensor) => boolean): Tensor[] {
  return reachable(outputs).filter(
    (x) => x.inputs.length > 0 && constantOf(x) === undefined && !isView(x) && x.type !== "u8",
  );
}

/** A body as it was traced, over its own leaves alone: what does not depend on a step is computed outside. */
export function closedBody(
  results: readonly Tensor[],
  leaves: readonly Tensor[],
): { results: readonly Tensor[]; shared: Tensor[]; common: Tensor[] } {
  const inside = dependents(results, leaves);
  const shared: Tensor[] = [];
  const common: Tensor[] = [];
  const closed = rebuilt(results, (x) => {
    if (inside.has(x)) return leaves.includes(x) ? x : undefined;
    if (constantOf(x) !== undefined) return x;
    const leaf = input("shared", x.shape, x.type);
    shared.push(leaf);
    common.push(x);
    return leaf;
  });
  return { results: closed, shared, common };
}
