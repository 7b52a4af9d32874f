import type { MapProgram, MapValue } from "./program.js";
import { argumentsOf } from "./schedule.js";

/**
 * The same program in fewer operations, with the same bits where products and sums are rounded apart: what is computed twice is computed once, a
 * sign is taken into the sum that it goes to, and a product that is only added to something becomes part of that.
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
  const renamedOutputs = {
    outputs: program.outputs.map((output) => ({ ...output, value: become[output.value]! })),
    rowSums: (program.rowSums ?? []).map((sum) => ({ ...sum, value: become[sum.value]! })),
  };
  return {
    ...program,
    ...renamedOutputs,
    values: multiplyAdds({ ...program, ...renamedOutputs, values: made }),
  };
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

/** a·b + c in one operation, where nobody else reads a·b. */
function multiplyAdds({ values, outputs, rowSums = [] }: MapProgram): MapValue[] {
  const uses = values.map(() => 0);
  for (const value of values) for (const arg of argumentsOf(value)) uses[arg]!++;
  for (const { value } of [...outputs, ...rowSums]) uses[value]!++;
  return values.map((value) => {
    if (value.kind !== "apply" || value.primitive !== "add") return value;
    const [a, b] = value.args as [number, number];
    const product = [a, b].find((arg) => {
      const term = values[arg]!;
      return uses[arg] === 1 && term.kind === "apply" && term.primitive === "mul";
    });
    if (product === undefined) return value;
    const { args } = values[product] as Extract<MapValue, { kind: "apply" }>;
    return { kind: "apply", primitive: "madd", args: [...args, product === a ? b : a] };
  });
}
