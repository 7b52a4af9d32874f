import { plainStep, type Step } from "../step.js";
import type { Unit, UnitGraph } from "../unit.js";
import { isWhole } from "../whole.js";
import { groupOf, writesOf } from "./group.js";
import { makeGroups, type WritingGroup } from "./grouping.js";
import { mapStep } from "./map-step.js";

/** The steps of formulas and reductions: in groups, each a map, or each by itself. What is left alone has an instruction of its own where there is one. */
export function mapSteps(candidates: readonly Unit[], graph: UnitGraph, grouped: boolean): Step[] {
  const groups = grouped ? makeGroups(candidates, graph) : candidates.map((unit) => alone(unit, graph));
  return groups.map((writing) => {
    const [{ writes }, ...others] = [...writing.group.units] as [Unit, ...Unit[]];
    return others.length === 0 && isWhole(writes[0]!) ? plainStep(writes[0]!) : mapStep(writing, graph);
  });
}

function alone(unit: Unit, graph: UnitGraph): WritingGroup {
  const group = groupOf(unit);
  return { group, writes: writesOf(group, graph) };
}
