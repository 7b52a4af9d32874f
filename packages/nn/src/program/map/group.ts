import { mapInputs, mapOutputs } from "@loam/kernels-as";
import { broadcastShape, type Shape, sameShape, sizeOf } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Unit, UnitGraph } from "../unit.js";
import { reductionOf, workOf } from "./candidate.js";
import { type Columns, type Extent, extentOf, keptAxes } from "./view.js";

/** Ops that run as one map: over the elements of one domain, some of them reduced along its rows. */
export interface Group {
  readonly units: ReadonlySet<Unit>;
  /** Those of them that another group has as well: what they make is used here only. */
  readonly copies: ReadonlySet<Unit>;
  /** The shape that its full values have. */
  readonly domain: Shape;
  /** The axes along a row, once a reduction or a column of values has decided them. */
  readonly columns: Columns | undefined;
}

/** A map has at most 256 registers, and a value may need two. */
const MOST_VALUES = 100;

const sameAxes = (a: Columns, b: Columns): boolean =>
  a.size === b.size && [...a].every((axis) => b.has(axis));

/** The axes that have more than one element. */
const longAxes = (domain: Shape, axes: Iterable<number>): Columns =>
  new Set([...axes].filter((axis) => domain[axis]! > 1));

const otherAxes = (domain: Shape, axes: Columns): Columns =>
  longAxes(
    domain,
    domain.map((_, axis) => axis).filter((axis) => !axes.has(axis)),
  );

/** A group of one op. */
export function groupOf(unit: Unit): Group {
  const reduction = reductionOf(unit);
  return {
    units: new Set([unit]),
    copies: new Set(),
    domain: reduction?.domain ?? unit.writes[0]!.shape,
    columns: undefined,
  };
}

const isOwn = (unit: Unit, { units, copies }: Group): boolean => units.has(unit) && !copies.has(unit);

/** Two groups as one, or undefined where they do not run over the same rows, or are too much for one map. */
export function joined(a: Group, b: Group, graph: UnitGraph): Group | undefined {
  const units = new Set([...a.units, ...b.units]);
  // The smaller one runs over columns of the larger.
  const [large, small] = sizeOf(a.domain) >= sizeOf(b.domain) ? [a, b] : [b, a];
  const same = sameShape(large.domain, small.domain);
  if (!same && small.columns) return undefined;
  const { domain } = large;
  if (large.columns && small.columns && !sameAxes(large.columns, small.columns)) return undefined;
  const columns = decideColumns(units, domain, large.columns ?? small.columns, graph);
  if (columns === "none") return undefined;
  // A unit that one has by itself is so in both.
  const copies = new Set([...units].filter((unit) => !isOwn(unit, a) && !isOwn(unit, b)));
  const group: Group = { units, copies, domain, columns };
  return hasRoom(group, graph) && fits(group, graph) ? group : undefined;
}

/** Whether one map can hold the group. */
function hasRoom(group: Group, graph: UnitGraph): boolean {
  const values = [...group.units].reduce((sum, unit) => sum + workOf(unit), 0);
  if (values > MOST_VALUES || readsOf(group, graph).size > mapInputs) return false;
  return writesOf(group, graph).length <= mapOutputs;
}

/** The axes along a row that the reductions of a group ask for; "none" where they contradict each other. */
function decideColumns(
  units: ReadonlySet<Unit>,
  domain: Shape,
  decided: Columns | undefined,
  graph: UnitGraph,
): Columns | undefined | "none" {
  let columns = decided;
  const open: Columns[] = [];
  for (const unit of units) {
    const reduction = reductionOf(unit);
    if (!reduction) continue;
    const axes = longAxes(domain, reduction.axes);
    // What is used again in the same pass can only be a reduction along the row.
    if (graph.readersOf(unit).some((reader) => units.has(reader))) {
      if ((columns && !sameAxes(columns, axes)) || !areInnermost(domain, axes)) return "none";
      columns = axes;
    } else open.push(axes);
  }
  if (columns) return columns;
  // Two that nobody uses here, one along the rows and one over them: the later axes are the row's.
  const [first, ...others] = open;
  const other = others.find((axes) => !sameAxes(axes, first!));
  if (!other) return undefined;
  return Math.max(...other) > Math.max(...first!) ? other : first!;
}

/** Whether these axes come behind all others that have more than one element: only then do rows along them lie in memory as they are. */
function areInnermost(domain: Shape, axes: Columns): boolean {
  const first = Math.min(...axes);
  return domain.every((size, axis) => size === 1 || axes.has(axis) === axis >= first);
}

/** Whether every value of a group has an extent over its domain, and every reduction is one along rows, or a sum over them. */
function fits(group: Group, graph: UnitGraph): boolean {
  const { units, domain, columns } = group;
  for (const unit of units) {
    const reduction = reductionOf(unit);
    if (reduction) {
      if (!sameShape(reduction.domain, domain)) return false;
      if (columns && roleOf(reduction.kind, longAxes(domain, reduction.axes), domain, columns) === undefined)
        return false;
      const reread = graph.readersOf(unit).some((reader) => units.has(reader));
      if (reread && !(columns && sameAxes(longAxes(domain, reduction.axes), columns))) return false;
    } else if (!unit.writes.every(({ shape }) => valueExtent(shape, domain, columns) !== undefined))
      return false;
    // What one hands to another as a view must lie over the domain as what it is a view of does.
    for (const x of unit.reads) {
      const maker = graph.makerOf(x);
      if (!maker || !units.has(maker)) continue;
      if (extentSeen(x, group) !== extentMade(x, group, graph)) return false;
    }
  }
  return true;
}

/** Full, or, where the columns are decided, an element a row. Rows of values and single ones are computed by maps of their own. */
function valueExtent(shape: Shape, domain: Shape, columns: Columns | undefined): Extent | undefined {
  if (sameShape(shape, domain)) return "full";
  // [2, 2] is no column of [2, 3], though it has as many rows.
  if (!columns || !sameShape(broadcastShape([shape, domain]) ?? [], domain)) return undefined;
  const extent = extentOf(keptAxes(shape, domain), domain, columns);
  return extent === "column" || extent === "full" ? extent : undefined;
}

/** How a reduction runs in a view that is cut at `columns`: along each row, or as a sum over the rows. */
export function roleOf(
  kind: string,
  axes: Columns,
  domain: Shape,
  columns: Columns,
): "along" | "over" | undefined {
  if (sameAxes(axes, longAxes(domain, columns))) return "along";
  return kind === "sum" && sameAxes(axes, otherAxes(domain, columns)) ? "over" : undefined;
}

/** The extent with which a value of the group is read through a view. */
function extentSeen(x: Tensor, { domain, columns }: Group): Extent | undefined {
  return valueExtent(x.shape, domain, columns);
}

/** The extent with which it is made. */
function extentMade(x: Tensor, { domain, columns }: Group, graph: UnitGraph): Extent | undefined {
  const maker = graph.makerOf(x)!;
  const reduction = reductionOf(maker);
  return reduction ? "column" : valueExtent(maker.writes[0]!.shape, domain, columns);
}

/** What a group reads of others. */
export function readsOf({ units }: Group, graph: UnitGraph): Set<Tensor> {
  const reads = new Set<Tensor>();
  for (const unit of units) {
    for (const x of unit.reads) {
      const maker = graph.makerOf(x);
      if (!maker || !units.has(maker)) reads.add(x);
    }
  }
  return reads;
}

/** What a group computes that others read, or that is asked for: by the graph at most, where a unit of which this is a copy may read it too. */
export function writesOf(
  group: Group,
  graph: UnitGraph,
  isNeeded = (y: Tensor) =>
    graph.isWanted(y) || graph.readersOfTensor(y).some((reader) => !isOwn(reader, group)),
): Tensor[] {
  return unitsInOrder(group, graph)
    .filter((unit) => isOwn(unit, group))
    .flatMap(({ writes }) => writes.filter(isNeeded));
}

/** A group without what none of its `writes` needs. */
export function groupOfWrites(group: Group, writes: readonly Tensor[], graph: UnitGraph): Group {
  const needed = new Set(writes.map((y) => graph.makerOf(y)!));
  for (const { reads } of needed) {
    for (const x of reads) {
      const maker = graph.makerOf(x);
      if (maker && group.units.has(maker)) needed.add(maker);
    }
  }
  return { ...group, units: needed, copies: new Set([...group.copies].filter((unit) => needed.has(unit))) };
}

/** The units of a group, each behind what it reads. */
export function unitsInOrder({ units }: Group, graph: UnitGraph): Unit[] {
  return [...units].sort((a, b) => graph.placeOf(a) - graph.placeOf(b));
}
