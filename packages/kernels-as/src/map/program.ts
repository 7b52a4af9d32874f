import type { MapKind } from "../instructions/index.js";

/** What a value of a map is over the view [rows, cols]: a number everywhere, one a row (`column`), one a column (`row`), or the same everywhere. */
export type MapExtent = "full" | "row" | "column" | "scalar";

/** What computes one element from one of each argument. Comparisons and `not`, `and`, `or` give 1 or 0, and take what is not 0 as true. */
export type MapPrimitive = Exclude<
  MapKind,
  | "constant"
  | "splat"
  | "iota"
  | "repeat"
  | "spread"
  | "sum_row"
  | "dot_row"
  | "max_row"
  | "row_sum"
  | "row_dot"
  | "copy"
  | "convert"
>;

/** A value; `args` and `of` are places of earlier ones in the program. */
export type MapValue =
  /** The next operand. Type u32 is converted, exactly below 2²⁴. */
  | { readonly kind: "input"; readonly extent: MapExtent; readonly type?: "f32" | "u32" }
  | { readonly kind: "constant"; readonly value: number }
  /** The column's place: 0 to cols − 1. */
  | { readonly kind: "columnIndex" }
  | { readonly kind: "apply"; readonly primitive: MapPrimitive; readonly args: readonly number[] }
  /** Along the row: scale·Σ (`scale` is 1 unless said), or the greatest; sums are carried in float64. `times`: each is first multiplied by this, of a sum only. */
  | {
      readonly kind: "reduce";
      readonly reduction: "sum" | "max" | "min";
      readonly of: number;
      readonly times?: number;
      readonly scale?: number;
    };

/** A formula over a view of rows and columns. */
export interface MapProgram {
  readonly rows: number;
  readonly cols: number;
  readonly values: readonly MapValue[];
  /** What is written, with the extent that it is to have there. */
  readonly outputs: readonly { readonly value: number; readonly extent: "full" | "column" }[];
  /** Sums over the rows, one number a column: scale·Σ_r, of the values or of their products with others. */
  readonly rowSums?: readonly RowSum[];
}

export interface RowSum {
  readonly value: number;
  readonly times?: number;
  readonly scale?: number;
}

/** How many arguments a primitive has. */
export function arityOf(primitive: MapPrimitive): number {
  if (TERNARY.has(primitive)) return 3;
  return BINARY.has(primitive) ? 2 : 1;
}

const TERNARY: ReadonlySet<string> = new Set("where madd msub nmadd mul_mul add_mul sub_mul".split(" "));
const BINARY: ReadonlySet<string> = new Set("add sub mul div max min lt le gt ge eq ne and or".split(" "));
