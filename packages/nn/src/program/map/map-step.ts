import { type MapExtent, type MapPlan, type MapProgram, type MapValue, planMap } from "@loam/kernels-as";
import type { Expression } from "../../graph/expression.js";
import { type Layout, memoryAxes, sameLayout } from "../../graph/layout.js";
import { sameShape } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { emitCopy } from "../../ops/expand.js";
import { type Step, type StepLowering, throughViews } from "../step.js";
import type { Unit, UnitGraph } from "../unit.js";
import { reductionOf } from "./candidate.js";
import { type Group, readsOf, roleOf, unitsInOrder } from "./group.js";
import type { WritingGroup } from "./grouping.js";
import {
  type Columns,
  keptAxes,
  layoutAlong,
  operandLayout,
  partAlong,
  placeIn,
  repetitionPlan,
  sizeIn,
  type View,
  viewAlong,
  viewFor,
} from "./view.js";

/** The step of a group: one map that reads what the group reads of others and writes what others read of it. */
export function mapStep(writing: WritingGroup, graph: UnitGraph): Step {
  const map = new MapOfGroup(writing, graph);
  const [node, ...alsoWrites] = map.writes as [Tensor, ...Tensor[]];
  return {
    node,
    reads: map.reads,
    alsoWrites,
    overwrites: (written, read) => map.isFull(map.writes[written]!) && map.isFull(map.reads[read]!),
    layout: (reads) => {
      const view = map.viewOf(reads);
      const [output, ...also] = map.writes.map((y) => operandLayout(view, map.keptOf(y)));
      return { inputs: map.reads.map((x) => operandLayout(view, map.keptOf(x))), output, also };
    },
    suit: (layout) => map.suit(layout),
    lower: (lowering) => map.lower(lowering),
  };
}

/** A group as it will run, but for addresses. */
interface Planned {
  readonly view: View;
  readonly plan: MapPlan;
  /** Which of the group's tensors the plan's outputs and sums are. */
  readonly outputs: readonly Tensor[];
  readonly rowSums: readonly Tensor[];
}

class MapOfGroup {
  readonly reads: readonly Tensor[];
  readonly writes: readonly Tensor[];
  readonly #group: Group;
  readonly #graph: UnitGraph;
  readonly #units: readonly Unit[];
  #planned: Planned | undefined;
  /** Where the result has the same values again and again, which are computed once and copied: how it lies, and along which axes they differ. */
  #repeats: { readonly layout: Layout; readonly kept: readonly boolean[] } | undefined;

  constructor({ group, writes }: WritingGroup, graph: UnitGraph) {
    this.#group = group;
    this.#graph = graph;
    this.#units = unitsInOrder(group, graph);
    this.reads = [...readsOf(group, graph)];
    this.writes = writes;
  }

  /** Whether a tensor has an element for each of the domain's, in words of 32 bits. */
  isFull(tensor: Tensor): boolean {
    return tensor.type !== "u8" && sameShape(tensor.shape, this.#group.domain);
  }

  /** Along which of the domain's axes a tensor has a size of its own. */
  keptOf(tensor: Tensor): readonly boolean[] {
    const { domain, units } = this.#group;
    const maker = this.#graph.makerOf(tensor);
    const reduction = maker && units.has(maker) ? reductionOf(maker) : undefined;
    if (!reduction) return keptAxes(tensor.shape, domain);
    return domain.map((size, axis) => size > 1 && !reduction.axes.includes(axis));
  }

  /** Takes a layout for a result that differs along some of the domain's axes alone. */
  suit(layout: Layout | undefined): boolean {
    const { reads, writes } = this;
    const [kept, ...others] = reads.map((x) => this.keptOf(x)).filter((one) => one.includes(true));
    const isRepeated =
      writes.length === 1 &&
      !reads.some((x) => this.isFull(x)) &&
      !this.#units.some(reductionOf) &&
      others.every((other) => String(other) === String(kept));
    if (kept && layout && isRepeated && memoryAxes(this.#group.domain, layout))
      this.#repeats = { layout, kept };
    return this.#repeats !== undefined;
  }

  /** The domain as rows and columns, by how its operands lie: without rearranging the full ones wherever that is possible. */
  viewOf(layouts: readonly (Layout | undefined)[]): View {
    const { domain } = this.#group;
    if (this.#repeats) return viewAlong(domain, this.#repeats.layout, new Set())!;
    const given = this.reads.flatMap((x, i) => (this.isFull(x) ? [layouts[i]] : []));
    const tried: (Layout | undefined)[] = [];
    for (const layout of [...given, undefined]) {
      if (!tried.some((other) => sameLayout(other, layout))) tried.push(layout);
    }
    const cuts = this.#cuts();
    for (const layout of tried) {
      for (const columns of cuts) {
        const view = viewAlong(domain, layout, columns);
        if (view) return view;
      }
      const operands = [...this.reads, ...this.writes].map(({ shape }) => shape);
      const view = cuts.length === 0 ? viewFor(domain, layout, operands) : undefined;
      if (view) return view;
    }
    return viewAlong(domain, layoutAlong(domain, cuts[0]!), cuts[0]!)!;
  }

  /** The axes that may run along a row: any where nothing is reduced. */
  #cuts(): readonly Columns[] {
    const { domain, columns } = this.#group;
    if (columns) return [columns];
    const reductions = this.#units.map(reductionOf).filter((one) => one !== undefined);
    if (reductions.length === 0) return [];
    const along = new Set(reductions[0]!.axes);
    const over = new Set(domain.map((_, axis) => axis).filter((axis) => !along.has(axis)));
    // Over rows there are sums only.
    return reductions.every(({ kind }) => kind === "sum") ? [along, over] : [along];
  }

  lower(lowering: StepLowering): void {
    // Planned once for both passes: layouts are settled by then.
    this.#planned ??= this.#plan(lowering);
    const { view, plan, outputs, rowSums } = this.#planned;
    if (this.#repeats) {
      this.#lowerRepeated(lowering, this.#planned, this.#repeats.kept);
      return;
    }
    const inputs = this.reads.map((x, i) => repeatedInMemory(lowering, view, this.keptOf(x), lowering.x[i]!));
    const scratch = lowering.scratch(plan.scratchBytes);
    if (lowering.isMeasuring) return;
    const instructions = plan.lower({
      inputs,
      outputs: outputs.map((y) => lowering.addressOf(y)),
      rowSums: rowSums.map((y) => lowering.addressOf(y)),
      scratch,
    });
    for (const { name, args } of instructions) lowering.emit(name, args as never);
  }

  /** Computes each value once, and copies it to where the domain has it. */
  #lowerRepeated(lowering: StepLowering, { view, plan }: Planned, kept: readonly boolean[]): void {
    const values = lowering.scratch(4 * partAlong(view, kept).cols);
    const scratch = lowering.scratch(plan.scratchBytes);
    if (lowering.isMeasuring) return;
    const operands = { inputs: lowering.x, outputs: [values], rowSums: [], scratch };
    for (const { name, args } of plan.lower(operands)) lowering.emit(name, args as never);
    emitCopy(lowering.emit, { x: values, y: lowering.y, ...repetitionPlan(view, kept, "full") });
  }

  #plan(lowering: StepLowering): Planned {
    const view = this.viewOf(this.reads.map((_, i) => lowering.layout(i)));
    const { program, outputs, rowSums } = this.#program(
      this.#repeats ? partAlong(view, this.#repeats.kept) : view,
    );
    return { view, plan: planMap(program, lowering.planning.threads), outputs, rowSums };
  }

  /** A tensor's extent; in a view of one row or one column, the one that says most. */
  #extentOf(view: View, tensor: Tensor): MapExtent {
    const { extent } = placeIn(view, this.keptOf(tensor));
    if (view.rows === 1 && view.cols === 1) return "full";
    if ((view.rows === 1 && extent === "row") || (view.cols === 1 && extent === "column")) return "full";
    return extent;
  }

  /** What the map computes, and which of the group's tensors its outputs are. */
  #program(view: View): { program: MapProgram; outputs: Tensor[]; rowSums: Tensor[] } {
    const { domain } = this.#group;
    const columns: Columns = new Set(view.axes.slice(view.cut).map(({ axis }) => axis));
    const values: MapValue[] = [];
    const push = (value: MapValue): number => values.push(value) - 1;
    const made = new Map<Tensor, number>();
    for (const x of this.reads) {
      made.set(
        x,
        push({ kind: "input", extent: this.#extentOf(view, x), type: x.type === "u32" ? "u32" : "f32" }),
      );
    }
    const constants = new Map<number, number>();
    const constant = (value: number): number => {
      const known = constants.get(value) ?? push({ kind: "constant", value });
      constants.set(value, known);
      return known;
    };
    const placeOf = (x: Tensor): number => made.get(x) ?? made.get(throughViews(x))!;
    const sums: { tensor: Tensor; value: number; scale: number }[] = [];
    for (const unit of this.#units) {
      const [first] = unit.writes as [Tensor];
      const reduction = reductionOf(unit);
      if (reduction) {
        const { kind, scale } = reduction;
        const of = placeOf(unit.reads[0]!);
        const axes = new Set(reduction.axes.filter((axis) => domain[axis]! > 1));
        if (roleOf(kind, axes, domain, columns) === "along") {
          made.set(first, push({ kind: "reduce", reduction: kind, of, scale }));
        } else sums.push({ tensor: first, value: of, scale });
        continue;
      }
      const known = new Map<Expression, number>();
      const compile = (expression: Expression): number => {
        const before = known.get(expression);
        if (before !== undefined) return before;
        const { primitive, args, input, value } = expression;
        const index =
          primitive === "input"
            ? placeOf(unit.reads[input!]!)
            : primitive === "constant"
              ? constant(value!)
              : push({ kind: "apply", primitive, args: args.map(compile) });
        known.set(expression, index);
        return index;
      };
      first.op.expressions!(first).forEach((expression, i) => {
        made.set(unit.writes[i]!, compile(expression));
      });
    }
    const written = this.writes.filter((y) => made.has(y));
    const summed = sums.filter(({ tensor }) => this.writes.includes(tensor));
    return {
      program: {
        rows: view.rows,
        cols: view.cols,
        values,
        outputs: written.map((y) => ({
          value: made.get(y)!,
          extent: this.#extentOf(view, y) === "full" ? "full" : "column",
        })),
        rowSums: summed.map(({ value, scale }) => ({ value, scale })),
      },
      outputs: written,
      rowSums: summed.map(({ tensor }) => tensor),
    };
  }
}

/** The address of an operand as its extent wants it: where it lies, or in working space, repeated along a part of a side. */
function repeatedInMemory(lowering: StepLowering, view: View, kept: readonly boolean[], x: number): number {
  const { extent, repeated } = placeIn(view, kept);
  if (!repeated) return x;
  const y = lowering.scratch(4 * sizeIn(view, extent));
  emitCopy(lowering.emit, { x, y, ...repetitionPlan(view, kept, extent) });
  return y;
}
