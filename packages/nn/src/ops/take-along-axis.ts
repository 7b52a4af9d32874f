import { ConfigError, ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { arange } from "./arange.js";
import { cast } from "./cast.js";
import { elementwise } from "./elementwise.js";
import { gather } from "./gather.js";
import { requireIndices } from "./indices.js";
import { resolveAxes } from "./reduce.js";
import { reshape } from "./reshape.js";

export interface TakeAlongAxisOptions {
  /** Along which axis of x; the last one unless given, and from there back with a negative number. */
  readonly axis?: number;
}

/** Numbers of f32 tell so many places apart. */
const MOST = 2 ** 24;

/** Where an element lies in x: its row's begin, its index along the axis, its column. NaN for one that is not there, which as an index is out of every range. */
const placeOf = elementwise(
  "takeAlongAxis",
  ["index", "row", "column"],
  ({ index, row, column }, { size, inner }: { size: number; inner: number }) =>
    index.lt(size).where(index.mul(inner).add(row).add(column), Number.NaN),
);

/**
 * Picks an element of its own for every place, as NumPy's `take_along_axis`, PyTorch's `gather` and ONNX's GatherElements:
 * y[a, i, b] = x[a, indices[a, i, b], b], where a stands for the axes before `axis` and b for those behind it.
 *
 * x [A, n, B], indices u32 [A, I, B] → [A, I, B], of x's type: such as the log probability of each row's own class, from x [batch, classes] and
 * indices [batch, 1]. An index of n or more gives NaN (2³² − 1 of a u32). The gradient is `scatterAdd`: dx[a, t, b] = Σ dy[a, i, b] over the i
 * with indices[a, i, b] = t, in the order of i.
 * @throws {ShapeError} `axis-out-of-range`; `indices-shape` when indices do not have x's shape in all other axes. {ConfigError} `not-indices`
 * when indices are not u32; `too-many-elements` when x has more than 2²⁴.
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, { axis = -1 }: TakeAlongAxisOptions = {}): Tensor {
  requireIndices("takeAlongAxis", indices);
  const [along] = resolveAxes("takeAlongAxis", x.shape, [axis]) as [number];
  const fits = (size: number, i: number) => i === along || size === x.shape[i];
  if (indices.shape.length !== x.shape.length || !indices.shape.every(fits)) {
    throw new ShapeError(
      "indices-shape",
      `takeAlongAxis: expected indices with the shape ${formatShape(x.shape)} of x in all axes but axis ${along}, got ${formatShape(indices.shape)}.`,
    );
  }
  const elements = sizeOf(x.shape);
  if (elements > MOST) {
    throw new ConfigError(
      "too-many-elements",
      `takeAlongAxis: expected x of at most ${MOST} elements, got ${elements}; split it along another axis.`,
    );
  }
  const count = indices.shape[along]!;
  const size = x.shape[along]!;
  const outer = sizeOf(x.shape.slice(0, along));
  const inner = sizeOf(x.shape.slice(along + 1));
  const seen: Shape = [outer, count, inner];
  const places = placeOf(
    reshape(cast(indices, "f32"), seen),
    reshape(arange(outer, 0, size * inner), [outer, 1, 1]),
    arange(inner),
    { size, inner },
  );
  return reshape(gather(reshape(x, [elements]), cast(places, "u32")), indices.shape);
}
