import { ShapeError } from "../errors.js";
import type { Instructions, Op } from "../graph/op.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import { makeTensor, type Tensor } from "../graph/tensor.js";

/**
 * How the smaller operand b is repeated over a [rows, columns] view of the larger: not at all, once a row (b ends a's shape), once a
 * column (b begins it; a scalar is that with one row).
 */
type Repeat = "none" | "rows" | "columns";

interface Fit {
  readonly repeat: Repeat;
  readonly rows: number;
  readonly columns: number;
}

function fit(a: Shape, b: Shape): Fit | undefined {
  const size = sizeOf(a);
  if (sameShape(a, b)) return { repeat: "none", rows: 1, columns: size };
  const inner = sizeOf(b);
  if (b.length > a.length) return undefined;
  if (inner === 1 && b.every((dimension) => dimension === 1))
    return { repeat: "columns", rows: 1, columns: size };
  if (b.every((dimension, i) => dimension === a[a.length - b.length + i])) {
    return { repeat: "rows", rows: size / inner, columns: inner };
  }
  const lead = b.map((dimension) => dimension);
  while (lead.at(-1) === 1) lead.pop();
  if (b.length === a.length && lead.every((dimension, i) => dimension === a[i])) {
    return { repeat: "columns", rows: inner, columns: size / inner };
  }
  return undefined;
}

interface BinaryDefinition {
  readonly name: string;
  readonly kind: Instructions["binary"]["kind"];
  readonly f: (a: number, b: number) => number;
  readonly gradient: (dy: Tensor, y: Tensor) => readonly [Tensor, Tensor];
  /** True when a and b may be exchanged, so that either may be the smaller. */
  readonly symmetric: boolean;
}

/**
 * An elementwise function of two tensors: of one shape, or with a b that is repeated: a scalar, one that ends a's shape (a row), or one
 * whose trailing dimensions are 1 (a column).
 */
export function defineBinary(definition: BinaryDefinition): (a: Tensor, b: Tensor) => Tensor {
  const { name, kind, f, gradient, symmetric } = definition;
  const op: Op = {
    name,
    layout: (node, [a, b]) => {
      // Operands of one shape lie alike; a repeated one only lies right in row-major order, unless it is a scalar.
      const { repeat, rows } = node.attributes.fit as Fit;
      if (repeat === "none") {
        const both = a ?? b;
        return { inputs: [both, both], output: both };
      }
      if (repeat === "columns" && rows === 1) return { inputs: [a, undefined], output: a };
      return { inputs: [undefined, undefined], output: undefined };
    },
    inPlace: 0,
    gradient: (dy, y) => {
      const [da, db] = gradient(dy, y);
      return [da, sumTo(db, y.inputs[1]!.shape, y.attributes.fit as Fit)];
    },
    reference: ([a, b], node) => {
      const { repeat, columns } = node.attributes.fit as Fit;
      const place = (i: number) =>
        repeat === "none" ? i : repeat === "rows" ? i % columns : Math.floor(i / columns);
      return a!.data.map((value, i) => f(value, b!.data[place(i)]!));
    },
    lower: ({ node, emit, y, x: [a, b], n }) => {
      const { repeat, rows, columns } = node.attributes.fit as Fit;
      if (repeat === "none") emit("binary", { y, a: a!, b: b!, n, kind });
      else
        emit(repeat === "rows" ? "binary_rows" : "binary_cols", {
          y,
          a: a!,
          b: b!,
          rows,
          cols: columns,
          kind,
        });
    },
  };
  return (a, b) => {
    let found = fit(a.shape, b.shape);
    if (!found && symmetric) {
      found = fit(b.shape, a.shape);
      if (found) [a, b] = [b, a];
    }
    if (!found) {
      throw new ShapeError(
        "shapes-do-not-fit",
        `${name}: expected operands of one shape, or a second one that repeats over the first, got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
      );
    }
    return makeTensor(op, [a, b], { fit: found }, a.shape);
  };
}

/** The gradient of a repeated operand: the sum over its repetitions. */
function sumTo(db: Tensor, shape: Shape, { repeat, rows, columns }: Fit): Tensor {
  if (repeat === "none") return db;
  if (repeat === "rows") return makeTensor(sumRowsOp, [db], { rows, columns, scale: 1 }, shape);
  return makeTensor(sumColumnsOp, [db], { rows, columns, scale: 1 }, shape);
}

/** y[c] = scale·Σᵣ x[r, c], for x seen as [rows, columns]. */
const sumRowsOp: Op = {
  name: "sumRows",
  reference: ([x], { attributes, shape }) => {
    const { columns, scale } = attributes as { columns: number; scale: number };
    const y = new Float64Array(sizeOf(shape));
    x!.data.forEach((value, i) => {
      y[i % columns]! += value * scale;
    });
    return y;
  },
  lower: ({ node, emit, y, x }) => {
    const { rows, columns, scale } = node.attributes as { rows: number; columns: number; scale: number };
    emit("sum_rows", { y, x: x[0]!, rows, cols: columns, scale, accumulate: 0 });
  },
};

/** y[r] = scale·Σ꜀ x[r, c], for x seen as [rows, columns]. */
const sumColumnsOp: Op = {
  ...sumRowsOp,
  name: "sumColumns",
  reference: ([x], { attributes, shape }) => {
    const { columns, scale } = attributes as { columns: number; scale: number };
    const y = new Float64Array(sizeOf(shape));
    x!.data.forEach((value, i) => {
      y[Math.floor(i / columns)]! += value * scale;
    });
    return y;
  },
  lower: ({ node, emit, y, x }) => {
    const { rows, columns, scale } = node.attributes as { rows: number; columns: number; scale: number };
    emit("sum_cols", { y, x: x[0]!, rows, cols: columns, scale, accumulate: 0 });
  },
};
