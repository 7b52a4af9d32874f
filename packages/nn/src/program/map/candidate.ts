import { partsOf } from "../../graph/expression.js";
import type { Shape } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { type ReduceAttributes, reduceOp } from "../../ops/reduce.js";
import type { Unit } from "../unit.js";

export interface Reduction extends ReduceAttributes {
  readonly domain: Shape;
}

/** What a unit reduces, if that is what it does. */
export function reductionOf({ writes, reads, step }: Unit): Reduction | undefined {
  const [y] = writes;
  if (step || y!.op !== reduceOp) return undefined;
  return { ...(y!.attributes as unknown as ReduceAttributes), domain: reads[0]!.shape };
}

const CHEAP: ReadonlySet<string> = new Set("input constant add sub mul neg square madd".split(" "));
/** Operations that cost less than bringing their result to memory and back. */
const CHEAP_WORK = 2;

/** Whether a unit is sooner computed again than read: a formula of a few products and sums. */
export function isCheap({ writes, step }: Unit): boolean {
  const [y] = writes as [Tensor];
  if (step || !y.op.expressions || writes.length > 1) return false;
  const parts = partsOf(y.op.expressions(y));
  const work = parts.filter(({ args }) => args.length > 0).length;
  return work <= CHEAP_WORK && parts.every(({ primitive }) => CHEAP.has(primitive));
}

/** How many values a unit computes. */
export function workOf({ writes }: Unit): number {
  const [y] = writes as [Tensor];
  return y.op.expressions ? partsOf(y.op.expressions(y)).length : 1;
}
