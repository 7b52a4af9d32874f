import { extentsOf } from "./normalize.js";
import type { MapPrimitive, MapProgram, MapValue, RowSum } from "./program.js";
import { argumentsOf, summedBy } from "./schedule.js";

/**
 * The same program in fewer operations, with the same bits where products and sums are rounded apart: what is computed twice is computed once, a
 * sign is taken into the sum that it goes to, and a product, sum or difference that one other operation reads becomes part of that.
 */
export function simplify(program: MapProgram): MapProgram {
  const made: MapValue[] = [];
  const known = new Map<string, number>();
  const become: number[] = [];
  const push = (value: MapValue): number => {
    // Every input is an operand of its own, in its place.
    const key = value.kind === "input" ? `input ${made.length}` : JSON.stringify(value);
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, made.length);
    return made.push(value) - 1;
  };
  for (const value of program.values) become.push(push(unsigned(renamed(value, become), made)));
  return inPairs({
    ...program,
    values: made,
    outputs: program.outputs.map((output) => ({ ...output, value: become[output.value]! })),
    rowSums: (program.rowSums ?? []).map((sum) => ({ ...sum, value: become[sum.value]! })),
  });
}

function renamed(value: MapValue, become: readonly number[]): MapValue {
  if (value.kind === "apply") return { ...value, args: value.args.map((arg) => become[arg]!) };
  return value.kind === "reduce" ? { ...value, of: become[value.of]! } : value;
}

/** a + (−b) is a − b, a − (−b) is a + b, and Σ −x is −Σ x, to the last bit. */
function unsigned(value: MapValue, made: readonly MapValue[]): MapValue {
  const negated = (at: number): number | undefined => {
    const arg = made[at]!;
    return arg.kind === "apply" && arg.primitive === "neg" ? arg.args[0]! : undefined;
  };
  if (value.kind === "reduce") {
    const of = negated(value.of);
    return of === undefined || value.reduction !== "sum"
      ? value
      : { ...value, of, scale: -(value.scale ?? 1) };
  }
  if (value.kind !== "apply" || (value.primitive !== "add" && value.primitive !== "sub")) return value;
  const [a, b] = value.args as [number, number];
  const [left, right] = [negated(a), negated(b)];
  const turned = value.primitive === "add" ? "sub" : "add";
  if (right !== undefined) return { ...value, primitive: turned, args: [a, right] };
  if (left !== undefined && value.primitive === "add") return { ...value, primitive: "sub", args: [b, left] };
  return value;
}

type Applied = Extract<MapValue, { kind: "apply" }>;

/** What is made of an operation and one that is its first argument, or its second: both of (a, b) and c. */
const PAIRS: Readonly<Record<string, readonly [MapPrimitive | undefined, MapPrimitive | undefined]>> = {
  "mul add": ["madd", "madd"],
  "mul sub": ["msub", "nmadd"],
  "mul mul": ["mul_mul", "mul_mul"],
  "add mul": ["add_mul", "add_mul"],
  "sub mul": ["sub_mul", "sub_mul"],
};

/** Two operations as one, and sums of products, where nobody else reads what is between; of one extent, since an element a row is sooner computed once. */
function inPairs(program: MapProgram): MapProgram {
  const { values, outputs, rowSums = [] } = program;
  const extents = extentsOf(values);
  const uses = values.map(() => 0);
  for (const value of values) for (const arg of argumentsOf(value)) uses[arg]!++;
  for (const { value } of outputs) uses[value]!++;
  for (const sum of rowSums) for (const value of summedBy(sum)) uses[value]!++;
  /** The operation that makes a value, if only one reads that. */
  const inner = (at: number): Applied | undefined => {
    const value = values[at]!;
    return uses[at] === 1 && value.kind === "apply" ? value : undefined;
  };
  const paired = (value: Applied, v: number): MapValue => {
    for (const place of [0, 1] as const) {
      const arg = value.args[place];
      const one = arg === undefined || extents[arg] !== extents[v] ? undefined : inner(arg);
      const primitive = one && PAIRS[`${one.primitive} ${value.primitive}`]?.[place];
      if (primitive) return { kind: "apply", primitive, args: [...one.args, value.args[1 - place]!] };
    }
    return value;
  };
  /** The factors of a product of full values, or of one row's. */
  const factors = (at: number): readonly [number, number] | undefined => {
    const value = inner(at);
    if (value?.primitive !== "mul" && value?.primitive !== "square") return undefined;
    const [a, b = a] = value.args as [number, number?];
    return [a, b].every((arg) => extents[arg] === "full" || extents[arg] === "row") ? [a, b] : undefined;
  };
  const summed = <Sum extends RowSum>(sum: Sum): Sum => {
    const product = factors(sum.value);
    return product ? { ...sum, value: product[0], times: product[1] } : sum;
  };
  return {
    ...program,
    rowSums: rowSums.map(summed),
    values: values.map((value, v) => {
      if (value.kind === "apply") return paired(value, v);
      if (value.kind !== "reduce" || value.reduction !== "sum") return value;
      const product = factors(value.of);
      return product ? { ...value, of: product[0], times: product[1] } : value;
    }),
  };
}
