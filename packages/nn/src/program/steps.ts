import type { Op } from "../graph/op.js";
import { reachable, type Tensor } from "../graph/tensor.js";
import { reshapeOp } from "../ops/reshape.js";
import type { Fusion } from "./fusions/fusion.js";
import { type FusionPlanning, type GraphUse, NOTHING_INSIDE } from "./fusions/graph-use.js";
import { fusions } from "./fusions/index.js";
import { maps } from "./load-maps.js";
import { isLeaf, plainStep, type Step } from "./step.js";
import { listed, type Unit, UnitGraph } from "./unit.js";
import { isMappable, isWhole } from "./whole.js";

/** The rules that may start at an op, in their order. */
const rulesAt = new Map<Op, readonly Fusion[]>();
for (const rule of fusions) {
  for (const root of rule.roots) rulesAt.set(root, [...(rulesAt.get(root) ?? []), rule]);
}

export interface StepsOptions {
  /** What the kernels can take into another op's pass; by default nothing. */
  readonly planning?: FusionPlanning;
  /** False to leave every op that maps are made of by itself, so that each can be looked at. */
  readonly grouped?: boolean;
}

/**
 * The ops that `outputs` need as steps in a runnable order: fused by the rules of `fusions/`, and what these leave of formulas and reductions
 * grouped into maps. An intermediate is fused away only if nothing else uses it. Called inside `withMaps`.
 */
export function makeSteps(outputs: readonly Tensor[], options: StepsOptions = {}): Step[] {
  const { planning = NOTHING_INSIDE, grouped = true } = options;
  const nodes = reachable(outputs);
  const users = new Map<Tensor, Tensor[]>();
  for (const node of nodes) {
    // One user, however many outputs it has.
    if (node.index > 0) continue;
    for (const x of new Set(node.inputs)) listed(users, x).push(node);
  }
  const absorbed = new Set<Tensor>();
  const graph: GraphUse = { users: (x) => users.get(x) ?? [], wanted: new Set(outputs), absorbed, planning };

  // From the last to the first, so that the outermost op of a group is met first and takes the others in.
  const units: Unit[] = [];
  for (const node of [...nodes].reverse()) {
    if (node.index > 0 || absorbed.has(node) || isLeaf(node) || node.op === reshapeOp) continue;
    const step = fused(node, graph);
    if (step) units.push(unitOf(step));
    else if (isMappable(node)) units.push({ reads: node.inputs, writes: node.node.outputs, step: undefined });
    else units.push(unitOf(plainStep(node, (y) => graph.wanted.has(y) || graph.users(y).length > 0)));
  }
  const work = new UnitGraph(units, outputs);
  const candidates = work.units.filter(({ step }) => !step);
  // One by itself, or several that are to stay so, have nothing to be joined with.
  const apart = candidates.length < 2 || !grouped;
  const plain = apart && candidates.every(({ writes: [node] }) => isWhole(node!));
  const grown = plain
    ? candidates.map(({ writes: [node] }) => plainStep(node!))
    : maps().mapSteps(candidates, work, grouped);
  const steps = [...work.units.flatMap(({ step }) => step ?? []), ...grown];
  return new UnitGraph(steps.map(unitOf), outputs).units.map(({ step }) => step!);
}

const unitOf = (step: Step): Unit => ({ reads: step.reads, writes: [step.node, ...step.alsoWrites], step });

/** The step of the first rule that applies. */
function fused(node: Tensor, graph: GraphUse): Step | undefined {
  for (const rule of rulesAt.get(node.op) ?? []) {
    const step = rule.apply(node, graph);
    if (step) return step;
  }
  return undefined;
}
