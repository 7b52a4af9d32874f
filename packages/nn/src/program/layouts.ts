import type { Layout } from "../graph/layout.js";
import { sameLayout } from "../graph/layout.js";
import type { Tensor } from "../graph/tensor.js";
import { conv2dOp } from "../ops/conv2d.js";
import { isParameter } from "../ops/leaves.js";
import { matmulOp } from "../ops/matmul.js";
import { isLeaf, type Step, throughViews } from "./step.js";

/** A step with the layouts that its reads are to have. */
export interface LaidOutStep {
  readonly step: Step;
  readonly reads: readonly (Layout | undefined)[];
}

/** Gives every step its layouts, in the order of the steps, from those of the leaves. */
export function layOut(
  steps: readonly Step[],
  leafLayout: (leaf: Tensor) => Layout | undefined,
): { steps: LaidOutStep[]; layoutOf(tensor: Tensor): Layout | undefined } {
  const layouts = new Map<Tensor, Layout | undefined>();
  const layoutOf = (tensor: Tensor) => {
    const root = throughViews(tensor);
    return isLeaf(root) ? leafLayout(root) : layouts.get(root);
  };
  const lay = () =>
    steps.map((step) => {
      const rule = step.layout(step.reads.map(layoutOf));
      layouts.set(step.node, rule.output);
      step.alsoWrites.forEach((other, i) => {
        layouts.set(other, rule.also?.[i]);
      });
      return { step, reads: rule.inputs };
    });
  const laidOut = lay();
  const wished = wishes(laidOut);
  const suited = steps.filter((step) => step.suit?.(wished.get(step.node)));
  return { steps: suited.length > 0 ? lay() : laidOut, layoutOf };
}

/** How the first reader of each tensor wants it to lie. */
function wishes(steps: readonly LaidOutStep[]): Map<Tensor, Layout | undefined> {
  const found = new Map<Tensor, Layout | undefined>();
  for (const { step, reads } of steps) {
    for (const [i, x] of step.reads.entries()) {
      const root = throughViews(x);
      if (!found.has(root)) found.set(root, reads[i]);
    }
  }
  return found;
}

/**
 * How each parameter is to lie in memory: as the first convolution or matrix product that reads it wants it, so that no step has to
 * rearrange it. The others stay row-major.
 */
export function decideParameterLayouts(steps: readonly Step[]): Map<Tensor, Layout | undefined> {
  const decided = new Map<Tensor, Layout | undefined>();
  const layouts = new Map<Tensor, Layout | undefined>();
  for (const step of steps) {
    const have = step.reads.map((x) => {
      const root = throughViews(x);
      return isLeaf(root) ? decided.get(root) : layouts.get(root);
    });
    const rule = step.layout(have);
    const op = step.node.op;
    // A fused step is named by its last op; what tells is whether its rule asks for something that is not there yet.
    step.reads.forEach((x, i) => {
      if (!isParameter(x) || decided.has(x)) return;
      const wishes = op === matmulOp || op === conv2dOp || !sameLayout(rule.inputs[i], have[i]);
      if (wishes) decided.set(x, rule.inputs[i]);
    });
    layouts.set(step.node, rule.output);
    step.alsoWrites.forEach((other, i) => {
      layouts.set(other, rule.also?.[i]);
    });
  }
  return decided;
}
