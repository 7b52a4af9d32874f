// A map's program element by element, each operation rounded to float32 as the kernels round it: what is not a function of many roundings has to
// agree to the last bit.
import { primitives as exact } from "../../../nn/src/reference/expressions.js";
import type { MapPrimitive, MapProgram } from "../../src/index.js";

/** The primitives, with a rounding where the plain binary has one inside. */
const primitives: Readonly<Record<MapPrimitive, (a: number, b: number, c: number) => number>> = {
  ...exact,
  rsqrt: (a) => 1 / Math.fround(Math.sqrt(a)),
  madd: (a, b, c) => Math.fround(a * b) + c,
  msub: (a, b, c) => Math.fround(a * b) - c,
  nmadd: (a, b, c) => c - Math.fround(a * b),
  mul_mul: (a, b, c) => Math.fround(a * b) * c,
  add_mul: (a, b, c) => Math.fround(a + b) * c,
  sub_mul: (a, b, c) => Math.fround(a - b) * c,
};

type Values = ArrayLike<number>;

/** Outputs, then sums over rows, for the operands in the order of the program's inputs. */
export function evaluateMap(program: MapProgram, inputs: readonly Values[]): Float32Array[] {
  const { rows, cols, values, outputs, rowSums = [] } = program;
  // Every value in full.
  const full: Float32Array[] = [];
  let next = 0;
  const each = (f: (r: number, c: number) => number) =>
    Float32Array.from({ length: rows * cols }, (_, i) => f(Math.floor(i / cols), i % cols));
  for (const value of values) {
    if (value.kind === "constant") full.push(each(() => value.value));
    else if (value.kind === "columnIndex") full.push(each((_, c) => c));
    else if (value.kind === "input") {
      const data = inputs[next++]!;
      const places = {
        full: (r: number, c: number) => r * cols + c,
        row: (_: number, c: number) => c,
        column: (r: number) => r,
        scalar: () => 0,
      };
      full.push(each((r, c) => data[places[value.extent](r, c)]!));
    } else if (value.kind === "apply") {
      const args = value.args.map((arg) => full[arg]!);
      full.push(
        each((r, c) => {
          const [a = 0, b = 0, d = 0] = args.map((arg) => arg[r * cols + c]!);
          return primitives[value.primitive](a, b, d);
        }),
      );
    } else {
      const { reduction, scale = 1 } = value;
      const of = full[value.of]!;
      const reduced = Array.from({ length: rows }, (_, r) => {
        const row = of.subarray(r * cols, (r + 1) * cols);
        if (reduction === "sum") return row.reduce((sum, x) => sum + x, 0) * scale;
        return reduction === "max" ? Math.max(...row) : Math.min(...row);
      });
      full.push(each((r) => reduced[r]!));
    }
  }
  return [
    ...outputs.map(({ value, extent }) =>
      extent === "full" ? full[value]! : full[value]!.filter((_, i) => i % cols === 0),
    ),
    ...rowSums.map(({ value, scale = 1 }) =>
      Float32Array.from({ length: cols }, (_, c) => {
        let sum = 0;
        for (let r = 0; r < rows; r++) sum += full[value]![r * cols + c]!;
        return sum * scale;
      }),
    ),
  ];
}
