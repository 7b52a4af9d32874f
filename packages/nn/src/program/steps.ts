import type { Op } from "../graph/op.js";
import { reachable, type Tensor } from "../graph/tensor.js";
import { reshapeOp } from "../ops/reshape.js";
import type { Fusion } from "./fusions/fusion.js";
import { type FusionPlanning, type GraphUse, NOTHING_INSIDE } from "./fusions/graph-use.js";
import { fusions } from "./fusions/index.js";
import { isLeaf, plainStep, type Step, throughViews } from "./step.js";

/** The rules that may start at an op, in their order. */
const rulesAt = new Map<Op, readonly Fusion[]>();
for (const rule of fusions) {
  for (const root of rule.roots) rulesAt.set(root, [...(rulesAt.get(root) ?? []), rule]);
}

/**
 * The ops that `outputs` need as steps in a runnable order, fused by the rules of `fusions/`. An intermediate is fused away only if nothing
 * else uses it.
 */
export function makeSteps(outputs: readonly Tensor[], planning: FusionPlanning = NOTHING_INSIDE): Step[] {
  const nodes = reachable(outputs);
  const users = new Map<Tensor, Tensor[]>();
  for (const node of nodes) {
    // One user, however many outputs it has.
    if (node.index > 0) continue;
    for (const x of new Set(node.inputs)) users.set(x, [...(users.get(x) ?? []), node]);
  }
  /** Which step computes a tensor. */
  const makerOf = new Map<Tensor, Step>();
  const absorbed = new Set<Tensor>();
  const graph: GraphUse = { users: (x) => users.get(x) ?? [], wanted: new Set(outputs), absorbed, planning };

  // From the last to the first, so that the outermost op of a group is met first and takes the others in.
  for (const node of [...nodes].reverse()) {
    if (node.index > 0 || absorbed.has(node) || isLeaf(node) || node.op === reshapeOp) continue;
    const step = fused(node, graph) ?? plainStep(node);
    for (const written of [node, ...step.alsoWrites]) makerOf.set(written, step);
  }
  return inOrder(outputs, makerOf);
}

/** The step of the first rule that applies. */
function fused(node: Tensor, graph: GraphUse): Step | undefined {
  for (const rule of rulesAt.get(node.op) ?? []) {
    const step = rule.apply(node, graph);
    if (step) return step;
  }
  return undefined;
}

/** The steps that the outputs need: ops that fusion left without a user are not run. */
function inOrder(outputs: readonly Tensor[], makerOf: ReadonlyMap<Tensor, Step>): Step[] {
  const needed = new Set<Step>();
  const open = [...outputs];
  for (let x = open.pop(); x; x = open.pop()) {
    const step = makerOf.get(throughViews(x));
    if (!step || needed.has(step)) continue;
    needed.add(step);
    open.push(...step.reads);
  }
  // In the order of their nodes, but what a fused step makes on the way may be read before its node was made: then it is drawn forward.
  const ordered = new Set<Step>();
  const place = (x: Tensor) => {
    const step = makerOf.get(throughViews(x));
    if (!step || ordered.has(step)) return;
    step.reads.forEach(place);
    ordered.add(step);
  };
  for (const { node } of [...needed].sort((a, b) => a.node.id - b.node.id)) place(node);
  return [...ordered];
}
