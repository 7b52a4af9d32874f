import { type Layout, type MemoryAxis, memoryAxes, simplify } from "../../graph/layout.js";
import type { Shape } from "../../graph/shape.js";

/** How a value lies over the [rows, columns] view of a domain: an element each, one a column, one a row, one in all. */
export type Extent = "full" | "row" | "column" | "scalar";

/** What a shape that is broadcast over a domain has along each of the domain's dimensions: a size of its own, or a repetition. */
export function keptAxes(shape: Shape, domain: Shape): readonly boolean[] {
  const missing = domain.length - shape.length;
  return domain.map((size, axis) => size > 1 && axis >= missing && shape[axis - missing] === size);
}

/** A domain cut in two: the axes that run along a row. Those of size 1 belong to neither side. */
export type Columns = ReadonlySet<number>;

/** The extent of a shape over a domain that is cut, or undefined where it is repeated along a part of a side. */
export function extentOf(kept: readonly boolean[], domain: Shape, columns: Columns): Extent | undefined {
  const sides = { row: [] as boolean[], column: [] as boolean[] };
  for (const [axis, size] of domain.entries()) {
    if (size > 1) sides[columns.has(axis) ? "row" : "column"].push(kept[axis]!);
  }
  const along = [sides.column, sides.row].map((side) =>
    side.every((is) => !is) ? 0 : side.every((is) => is) ? 1 : Number.NaN,
  );
  const [down, across] = along as [number, number];
  if (Number.isNaN(down + across)) return undefined;
  // A side without elements is kept and repeated at once: the smaller extent is as good.
  return down ? (across ? "full" : "column") : across ? "row" : "scalar";
}

/** A domain as rows and columns in memory. */
export interface View {
  /** How the domain's elements lie. */
  readonly layout: Layout | undefined;
  readonly axes: readonly MemoryAxis[];
  /** How many of the axes lie before a row's first element. */
  readonly cut: number;
  readonly rows: number;
  readonly cols: number;
}

const product = (axes: readonly MemoryAxis[]): number => axes.reduce((size, axis) => size * axis.size, 1);

/** The view of a domain that lies as `layout` says, cut behind `cut` axes. */
function viewAt(layout: Layout | undefined, axes: readonly MemoryAxis[], cut: number): View {
  return { layout, axes, cut, rows: product(axes.slice(0, cut)), cols: product(axes.slice(cut)) };
}

/** The view whose rows run along `columns`; undefined where these axes do not lie innermost. */
export function viewAlong(domain: Shape, layout: Layout | undefined, columns: Columns): View | undefined {
  const axes = memoryAxes(domain, layout);
  const cut = axes?.findIndex(({ axis }) => columns.has(axis)) ?? -1;
  if (!axes) return undefined;
  if (cut < 0) return viewAt(layout, axes, axes.length);
  return axes.slice(cut).every(({ axis }) => columns.has(axis)) ? viewAt(layout, axes, cut) : undefined;
}

/** The layout in which `columns` lie innermost and all else is row-major. */
export function layoutAlong(domain: Shape, columns: Columns): Layout | undefined {
  const all = domain.map((_, axis) => axis);
  return simplify(domain, [
    ...all.filter((axis) => !columns.has(axis)),
    ...all.filter((axis) => columns.has(axis)),
  ]);
}

/**
 * The view that fits operands best: in which as few elements as possible have to be repeated in memory, because an operand is repeated along
 * a part of the rows or of a row only.
 */
export function viewFor(
  domain: Shape,
  layout: Layout | undefined,
  operands: readonly Shape[],
): View | undefined {
  const axes = memoryAxes(domain, layout);
  if (!axes) return undefined;
  const masks = operands.map((shape) => keptAxes(shape, domain));
  let best: View | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let cut = 0; cut <= axes.length; cut++) {
    // Only where some operand changes between repeated and kept, or where there is nothing else: else rows would be cut for nothing.
    const inside = cut > 0 && cut < axes.length;
    if (inside && masks.every((kept) => kept[axes[cut - 1]!.axis] === kept[axes[cut]!.axis])) continue;
    if (cut === axes.length && axes.length > 0) continue;
    const view = viewAt(layout, axes, cut);
    const repeated = masks.reduce((total, kept) => total + repetition(view, kept), 0);
    if (repeated < least) {
      least = repeated;
      best = view;
    }
  }
  return best;
}

/** How many elements an operand takes that has to be repeated in memory; 0 where it lies right as it is. */
function repetition(view: View, kept: readonly boolean[]): number {
  const { extent, repeated } = placeIn(view, kept);
  return repeated ? sizeIn(view, extent) : 0;
}

export function sizeIn({ rows, cols }: View, extent: Extent): number {
  return (
    (extent === "full" || extent === "column" ? rows : 1) * (extent === "full" || extent === "row" ? cols : 1)
  );
}

/** An operand's extent in a view, and whether it must be repeated in memory to have it. */
export function placeIn(view: View, kept: readonly boolean[]): { extent: Extent; repeated: boolean } {
  const sides = [view.axes.slice(0, view.cut), view.axes.slice(view.cut)].map((axes) =>
    axes.map(({ axis }) => kept[axis]!),
  );
  const [down, across] = sides.map((side) => side.some((is) => is)) as [boolean, boolean];
  return {
    extent: down ? (across ? "full" : "column") : across ? "row" : "scalar",
    repeated: sides.some((side) => side.some((is) => is) && side.some((is) => !is)),
  };
}

/**
 * The layout that an operand must have so that it lies in the order of the view's axes: that of the domain, without the axes along which it is
 * repeated.
 */
export function operandLayout(view: View, kept: readonly boolean[]): Layout | undefined {
  const own = view.axes.filter(({ axis }) => kept[axis]);
  const ranks = own.map(({ rank }) => rank).sort((a, b) => a - b);
  const sizes = ranks.map((rank) => own.find((axis) => axis.rank === rank)!.size);
  return simplify(
    sizes,
    own.map(({ rank }) => ranks.indexOf(rank)),
  );
}

/** What an operand has of a view, as one row. */
export function partAlong(view: View, kept: readonly boolean[]): View {
  return viewAt(
    view.layout,
    view.axes.filter(({ axis }) => kept[axis]),
    0,
  );
}

/** The sizes of an extent's axes as they lie and, for each, the stride in an operand that lies as `operandLayout` says; 0 where it is repeated. */
export function repetitionPlan(
  view: View,
  kept: readonly boolean[],
  extent: Extent,
): { sizes: number[]; strides: number[] } {
  const axes =
    extent === "full"
      ? view.axes
      : extent === "column"
        ? view.axes.slice(0, view.cut)
        : extent === "row"
          ? view.axes.slice(view.cut)
          : [];
  const strides: number[] = [];
  let stride = 1;
  for (const { axis, size } of [...axes].reverse()) {
    strides.unshift(kept[axis] ? stride : 0);
    if (kept[axis]) stride *= size;
  }
  return { sizes: axes.map(({ size }) => size), strides };
}
