import type { Op } from "../../graph/op.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Step } from "../step.js";
import type { GraphUse } from "./graph-use.js";

/** Ops that run better together, as a rule: what belongs to the pattern, when it may be fused, and the step that it becomes. */
interface FusionRule<Match> {
  readonly name: string;
  /** The ops that the pattern's last tensor, with which matching starts, may come from. */
  readonly roots: readonly Op[];
  /** The pattern's tensors around one of its roots, by their parts; undefined where the graph looks otherwise. */
  pattern(root: Tensor, graph: GraphUse): Match | undefined;
  /** Whether nothing else looks at what would vanish, and the kernels can do it. */
  when(match: Match, graph: GraphUse): boolean;
  /** The tensors that are computed inside the step, or not at all. */
  absorbs(match: Match): readonly Tensor[];
  /** The step. Its `node` is the root. */
  step(match: Match, graph: GraphUse): Step;
}

/** A rule without the type of its match: what the planner goes through. */
export interface Fusion {
  readonly name: string;
  readonly roots: readonly Op[];
  /** The fused step with `root` as its node, which then has absorbed the others; undefined where the rule does not apply. */
  apply(root: Tensor, graph: GraphUse): Step | undefined;
}

export function defineFusion<Match>(rule: FusionRule<Match>): Fusion {
  return {
    name: rule.name,
    roots: rule.roots,
    apply(root, graph) {
      const match = rule.pattern(root, graph);
      if (!match || !rule.when(match, graph)) return undefined;
      for (const tensor of rule.absorbs(match)) graph.absorbed.add(tensor);
      return rule.step(match, graph);
    },
  };
}
