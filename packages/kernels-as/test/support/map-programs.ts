// Random programs for a map, and a way to run them.
import fc from "fast-check";
import {
  arityOf,
  type Engine,
  type MapExtent,
  type MapPrimitive,
  type MapProgram,
  type MapValue,
  ProgramWriter,
  planMap,
} from "../../src/index.js";

/** What is rounded once, so that bits have to agree. */
export const EXACT =
  "neg abs sign square sqrt rsqrt reciprocal relu floor ceil round not add sub mul div max min lt le gt ge eq ne and or where madd msub nmadd mul_mul add_mul sub_mul".split(
    " ",
  ) as MapPrimitive[];
/** What makes whole numbers of whole numbers, so that sums are exact in any order. */
export const WHOLE = "neg abs sign relu not add sub max min lt le gt ge eq ne and or where".split(
  " ",
) as MapPrimitive[];

const extent = fc.constantFrom<MapExtent>("full", "full", "row", "column", "scalar");
const place = fc.nat({ max: 1000 });

const step = (primitives: readonly MapPrimitive[], reductions: readonly ("sum" | "max" | "min")[]) =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ primitive: fc.constantFrom(...primitives), at: fc.tuple(place, place, place) }),
    },
    { weight: 2, arbitrary: fc.record({ reduction: fc.constantFrom(...reductions), at: fc.tuple(place) }) },
    { weight: 1, arbitrary: fc.record({ constant: fc.integer({ min: -3, max: 3 }) }) },
    { weight: 1, arbitrary: fc.constant({ index: true }) },
  );

/** Sizes around blocks, vectors and threads. */
const sizes = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 })),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1000, max: 2100 })),
  fc.tuple(fc.integer({ min: 60, max: 300 }), fc.integer({ min: 1, max: 20 })),
);

/** A program with at least one output or sum over rows. */
export function programs(
  primitives: readonly MapPrimitive[],
  reductions: readonly ("sum" | "max" | "min")[],
  sums: boolean,
): fc.Arbitrary<MapProgram> {
  return fc
    .record({
      sizes,
      inputs: fc.array(fc.record({ extent, words: fc.nat({ max: 5 }) }), { minLength: 1, maxLength: 5 }),
      steps: fc.array(step(primitives, reductions), { minLength: 1, maxLength: 14 }),
      outputs: fc.array(fc.record({ at: place, column: fc.boolean() }), {
        minLength: sums ? 0 : 1,
        maxLength: 3,
      }),
      rowSums: fc.array(place, { minLength: sums ? 1 : 0, maxLength: sums ? 3 : 0 }),
    })
    .map(({ sizes: [rows, cols], inputs, steps, outputs, rowSums }) => {
      const values: MapValue[] = inputs.map(({ extent, words }) => ({
        kind: "input",
        extent,
        type: words === 0 ? "u32" : "f32",
      }));
      for (const one of steps) {
        const at = "at" in one ? one.at.map((i) => i % values.length) : [];
        if ("primitive" in one) {
          const args = at.slice(0, arityOf(one.primitive));
          values.push({ kind: "apply", primitive: one.primitive, args });
        } else if ("reduction" in one) values.push({ kind: "reduce", reduction: one.reduction, of: at[0]! });
        else if ("constant" in one) values.push({ kind: "constant", value: one.constant });
        else values.push({ kind: "columnIndex" });
      }
      const extents = wide(values);
      // Later values are more interesting, and only what is the same in a row can be written as a column.
      const last = (i: number) => values.length - 1 - (i % values.length);
      return {
        rows,
        cols,
        values,
        outputs: outputs.map(({ at, column }) => {
          const value = last(at);
          const isColumn = column && (extents[value] === "column" || extents[value] === "scalar");
          return { value, extent: isColumn ? ("column" as const) : ("full" as const) };
        }),
        rowSums: rowSums.map((at) => ({ value: last(at) })),
      };
    });
}

function wide(values: readonly MapValue[]): MapExtent[] {
  const extents: MapExtent[] = [];
  for (const value of values) {
    if (value.kind === "input") extents.push(value.extent);
    else if (value.kind === "apply") {
      const args = new Set(value.args.map((arg) => extents[arg]!).filter((one) => one !== "scalar"));
      extents.push(args.size === 0 ? "scalar" : args.size === 1 ? [...args][0]! : "full");
    } else {
      extents.push(value.kind === "constant" ? "scalar" : value.kind === "columnIndex" ? "row" : "column");
    }
  }
  return extents;
}

/** Numbers for the inputs: whole ones from −4 to 4, or halves and quarters of them as well. */
export function operandsFor(
  program: MapProgram,
  seed: number,
  whole: boolean,
): (Float32Array | Uint32Array)[] {
  const { rows, cols } = program;
  const lengths = { full: rows * cols, row: cols, column: rows, scalar: 1 };
  return program.values.flatMap((value, v): (Float32Array | Uint32Array)[] => {
    if (value.kind !== "input") return [];
    const number = (i: number) => (Math.imul(i + 1 + 31 * v, 2654435761 + 2 * seed) >>> 8) % 9;
    const length = lengths[value.extent];
    if (value.type === "u32") return [Uint32Array.from({ length }, (_, i) => number(i))];
    return [Float32Array.from({ length }, (_, i) => (number(i) - 4) / (whole ? 1 : 1 + (i % 3)))];
  });
}

/** Runs a program. `share` says which input's memory an output takes. @returns outputs, then sums over rows. */
export async function runMap(
  engine: Engine,
  program: MapProgram,
  inputs: readonly (Float32Array | Uint32Array)[],
  threads: number,
  share: readonly (number | undefined)[] = [],
): Promise<Float32Array[]> {
  const { rows, cols, outputs, rowSums = [] } = program;
  const plan = planMap(program, threads);
  const put = async (data: ArrayBufferView) => {
    const at = await engine.allocate(data.byteLength + 64);
    await engine.write(at, new Uint8Array(data.byteLength + 64).fill(0xa5));
    await engine.write(at, data as Float32Array);
    return at;
  };
  const places = [];
  for (const input of inputs) places.push(await put(input));
  const sizes = [
    ...outputs.map(({ extent }) => (extent === "full" ? rows * cols : rows)),
    ...rowSums.map(() => cols),
  ];
  const to = [];
  for (const [i, size] of sizes.entries()) {
    const input = share[i];
    to.push(input === undefined ? await put(new Float32Array(size).fill(Number.NaN)) : places[input]!);
  }
  const scratch = await put(new Float32Array(plan.scratchBytes / 4).fill(Number.NaN));
  const writer = new ProgramWriter();
  const lowered = plan.lower({
    inputs: places,
    outputs: to.slice(0, outputs.length),
    rowSums: to.slice(outputs.length),
    scratch,
  });
  for (const { name, args } of lowered) writer.emit(name, args as never);
  writer.emit("end", {});
  const at = await engine.allocate(writer.bytes);
  await engine.write(at, writer.finish(at));
  await engine.run(at, 1, { threads });
  const results = [];
  for (const [i, size] of sizes.entries()) {
    const bytes = await engine.read(to[i]!, 4 * size + 64);
    const behind = bytes.subarray(4 * size);
    if (behind.some((byte) => byte !== 0xa5)) throw new Error(`output ${i} was written beyond its end`);
    results.push(new Float32Array(bytes.slice(0, 4 * size).buffer));
  }
  const guard = (await engine.read(scratch, plan.scratchBytes + 64)).subarray(plan.scratchBytes);
  if (guard.some((byte) => byte !== 0xa5)) throw new Error("working space was written beyond its end");
  return results;
}
