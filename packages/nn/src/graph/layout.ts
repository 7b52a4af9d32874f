import { type Shape, sizeOf } from "./shape.js";

/**
 * How a tensor's elements lie in memory when it is not row-major: its row-major elements seen as an array of shape `dims`, then
 * transposed so that dimension `order[i]` comes i-th. `undefined` stands for row-major.
 *
 * `dims` is independent of the tensor's shape: flattening [batch, channels, height, width] keeps the layout as it is.
 */
export interface Layout {
  readonly dims: Shape;
  readonly order: readonly number[];
}

/** Drops dimensions of size 1, merges neighbours that stay neighbours, and gives undefined for what is row-major. */
export function simplify(dims: Shape, order: readonly number[]): Layout | undefined {
  const kept = dims.map((_, i) => i).filter((i) => dims[i] !== 1);
  const sizes = kept.map((i) => dims[i]!);
  const permuted = order.filter((i) => dims[i] !== 1).map((i) => kept.indexOf(i));
  const groups: number[][] = [];
  for (const axis of permuted) {
    const last = groups.at(-1);
    if (last && last.at(-1) === axis - 1) last.push(axis);
    else groups.push([axis]);
  }
  if (groups.length < 2) return undefined;
  const sorted = [...groups].sort((a, b) => a[0]! - b[0]!);
  return {
    dims: sorted.map((group) => group.reduce((product, axis) => product * sizes[axis]!, 1)),
    order: groups.map((group) => sorted.indexOf(group)),
  };
}

/** [batch, channels, height, width] kept as [batch, height, width, channels]. */
export function nhwc([batch, channels, height, width]: Shape): Layout | undefined {
  return simplify([batch!, channels!, height!, width!], [0, 2, 3, 1]);
}

/** A convolution's kernel [filters, channels, kh, kw] kept as [kh, kw, channels, filters]. */
export function hwio(shape: Shape): Layout | undefined {
  return simplify(shape, [2, 3, 1, 0]);
}

export function sameLayout(a: Layout | undefined, b: Layout | undefined): boolean {
  if (!a || !b) return a === b;
  return a.dims.join() === b.dims.join() && a.order.join() === b.order.join();
}

/** A stretch of a shape's elements as they lie in memory: `size` steps along dimension `axis`. */
export interface MemoryAxis {
  readonly size: number;
  readonly axis: number;
  /** Place in row-major order among the shape's stretches. */
  readonly rank: number;
}

/**
 * The dimensions of a shape as they lie in memory, outermost first, cut wherever the layout has a boundary too.
 * @returns undefined where the layout's boundaries do not nest with the shape's.
 */
export function memoryAxes(shape: Shape, layout: Layout | undefined): readonly MemoryAxis[] | undefined {
  const { dims, order } = layout ?? { dims: [sizeOf(shape)], order: [0] };
  const inLayout: MemoryAxis[][] = dims.map(() => []);
  let rank = 0;
  let dim = 0;
  let left = dims[0] ?? 1;
  for (const [axis, whole] of shape.entries()) {
    for (let rest = whole; rest > 1; ) {
      while (left === 1 && dim + 1 < dims.length) left = dims[++dim]!;
      const size = Math.min(rest, left);
      if (rest % size !== 0 || left % size !== 0) return undefined;
      inLayout[dim]!.push({ size, axis, rank: rank++ });
      rest /= size;
      left /= size;
    }
  }
  return order.flatMap((i) => inLayout[i]!);
}

/** One side of a matrix's layout: how its rows, or its columns, are permuted among themselves. */
export type Side = Layout | undefined;

/** A matrix's layout by its sides. */
export interface Sides {
  readonly rows: Side;
  readonly columns: Side;
  /** Column lies behind column in memory, and not row behind row. */
  readonly transposed: boolean;
}

/**
 * Splits the layout of a matrix of `rows` rows into that of its rows and that of its columns.
 * @returns undefined when the layout mixes the two.
 */
export function splitSides(layout: Layout | undefined, rows: number): Sides | undefined {
  if (!layout) return { rows: undefined, columns: undefined, transposed: false };
  const dims = [...layout.dims];
  let order = [...layout.order];
  let product = 1;
  let cut = 0;
  while (cut < dims.length && product * dims[cut]! <= rows) product *= dims[cut++]!;
  if (product !== rows) {
    // The boundary runs through a merged dimension: part it.
    const inner = dims[cut]! / (rows / product);
    if (!Number.isInteger(inner)) return undefined;
    dims.splice(cut, 1, rows / product, inner);
    const at = order.indexOf(cut);
    order = order.map((axis) => (axis > cut ? axis + 1 : axis));
    order.splice(at + 1, 0, cut + 1);
    cut++;
  }
  const ofRows = order.filter((axis) => axis < cut);
  const ofColumns = order.filter((axis) => axis >= cut);
  const lies = order.join();
  const transposed = cut > 0 && cut < dims.length && lies === [...ofColumns, ...ofRows].join();
  if (!transposed && lies !== [...ofRows, ...ofColumns].join()) return undefined;
  return {
    rows: simplify(dims.slice(0, cut), ofRows),
    columns: simplify(
      dims.slice(cut),
      ofColumns.map((axis) => axis - cut),
    ),
    transposed,
  };
}

/** The layout of a matrix of rows × columns from those of its sides. */
export function joinSides(
  rows: Side,
  rowCount: number,
  columns: Side,
  columnCount: number,
  transposed = false,
): Layout | undefined {
  const above = rows ?? { dims: [rowCount], order: [0] };
  const beside = columns ?? { dims: [columnCount], order: [0] };
  const shifted = beside.order.map((axis) => axis + above.dims.length);
  return simplify(
    [...above.dims, ...beside.dims],
    transposed ? [...shifted, ...above.order] : [...above.order, ...shifted],
  );
}

/** Strides in the row-major array, one for each dimension as it lies in memory, outermost first. */
function stridesInRowMajor({ dims, order }: Layout): number[] {
  const strides = dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
  return order.map((axis) => strides[axis]!);
}

/** Where the element at each place in memory stands in row-major order. */
function placesOf(layout: Layout): Uint32Array {
  const sizes = layout.order.map((axis) => layout.dims[axis]!);
  const strides = stridesInRowMajor(layout);
  const places = new Uint32Array(sizeOf(sizes));
  const index = sizes.map(() => 0);
  let place = 0;
  for (let i = 0; i < places.length; i++) {
    places[i] = place;
    for (let d = sizes.length - 1; d >= 0; d--) {
      place += strides[d]!;
      if (++index[d]! < sizes[d]!) break;
      place -= strides[d]! * sizes[d]!;
      index[d] = 0;
    }
  }
  return places;
}

/** Row-major values put into the order in which they lie in memory. */
export function toMemoryOrder(values: Float32Array, layout: Layout | undefined): Float32Array {
  if (!layout) return values;
  const places = placesOf(layout);
  const result = new Float32Array(places.length);
  // A loop: Float32Array.from with a function takes ten times as long, on a page's own thread.
  for (let i = 0; i < places.length; i++) result[i] = values[places[i]!]!;
  return result;
}

/** The reverse of `toMemoryOrder`. */
export function toRowMajor(values: Float32Array, layout: Layout | undefined): Float32Array {
  if (!layout) return values;
  const places = placesOf(layout);
  const result = new Float32Array(values.length);
  for (let i = 0; i < places.length; i++) result[places[i]!] = values[i]!;
  return result;
}

/**
 * How to copy from one layout to another: the sizes of the target as it lies in memory and, for each, the stride in the source.
 * Both layouts are cut into their common refinement, so any two layouts of one tensor will do.
 */
export function copyPlan(
  from: Layout | undefined,
  to: Layout | undefined,
  size: number,
): { sizes: number[]; strides: number[] } {
  const a = from ?? { dims: [size], order: [0] };
  const b = to ?? { dims: [size], order: [0] };
  const fineA = refine(a, b.dims);
  const fineB = refine(b, a.dims);
  const strideInA = new Map<number, number>();
  let stride = 1;
  for (const axis of [...fineA.order].reverse()) {
    strideInA.set(axis, stride);
    stride *= fineA.dims[axis]!;
  }
  const sizes: number[] = [];
  const strides: number[] = [];
  for (const axis of fineB.order) {
    const size_ = fineB.dims[axis]!;
    const stride_ = strideInA.get(axis)!;
    // What is contiguous in both is one run.
    if (sizes.length > 0 && strides.at(-1) === stride_ * size_) {
      sizes[sizes.length - 1]! *= size_;
      strides[strides.length - 1] = stride_;
    } else {
      sizes.push(size_);
      strides.push(stride_);
    }
  }
  return { sizes, strides };
}

/** The layout with its dimensions parted wherever `others` has a boundary too. Boundaries are products from the left, which must nest. */
function refine({ dims, order }: Layout, others: Shape): Layout {
  const boundaries = (shape: Shape) => {
    const total = sizeOf(shape);
    let right = total;
    return shape.map((dimension) => {
      right /= dimension;
      return right;
    });
  };
  const cuts = [...new Set([...boundaries(dims), ...boundaries(others)])].sort((x, y) => y - x);
  const total = sizeOf(dims);
  const fine: number[] = [];
  let left = total;
  for (const cut of cuts) {
    if (left % cut !== 0)
      throw new RangeError(`internal: layouts of ${dims.join()} and ${others.join()} do not nest`);
    fine.push(left / cut);
    left = cut;
  }
  // Fine dimensions belonging to each coarse one, in order.
  const parts: number[][] = [];
  let at = 0;
  for (const dimension of dims) {
    const part: number[] = [];
    let product = 1;
    while (product < dimension) {
      product *= fine[at]!;
      part.push(at++);
    }
    parts.push(part);
  }
  return { dims: fine, order: order.flatMap((axis) => parts[axis]!) };
}
