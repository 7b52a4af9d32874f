// Maps against the same formula element by element: bits where every operation is rounded once, and sums of whole numbers, which no order changes.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { primitives as exact } from "../../nn/src/reference/expressions.js";
import {
  createEngine,
  type Engine,
  type InstructionArguments,
  type MapPrimitive,
  type MapProgram,
  ProgramWriter,
  planMap,
} from "../src/index.js";
import { EXACT, operandsFor, programs, runMap, WHOLE } from "./support/map-programs.js";
import { evaluateMap } from "./support/map-reference.js";
import { ulps } from "./support/ulps.js";

const THREADS = 4;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: THREADS });
  await engine.settled;
});
afterAll(() => engine.close());

/** −0 and 0 are one number here: a maximum may take either. */
const plain = (values: Float32Array) => Array.from(values, (x) => x + 0);

async function agrees(program: MapProgram, seed: number, whole: boolean): Promise<void> {
  const inputs = operandsFor(program, seed, whole);
  const want = evaluateMap(program, inputs);
  for (const threads of [1, 2, THREADS]) {
    const got = await runMap(engine, program, inputs, threads);
    for (const [i, values] of got.entries()) {
      expect(plain(values), `result ${i} on ${threads} threads`).toEqual(plain(want[i]!));
    }
  }
}

describe("a map", () => {
  it("gives the bits of its formula for any extents, sizes and threads", async () => {
    await fc.assert(
      fc.asyncProperty(programs(EXACT, ["max", "min"], false), fc.nat({ max: 99 }), (program, seed) =>
        agrees(program, seed, false),
      ),
      { numRuns: 150, seed: 5 },
    );
  });

  it("sums along rows and over rows", async () => {
    await fc.assert(
      fc.asyncProperty(programs(WHOLE, ["sum", "max", "min"], true), fc.nat({ max: 99 }), (program, seed) =>
        agrees(program, seed, true),
      ),
      { numRuns: 150, seed: 6 },
    );
  });

  it("may write over an input of the same extent", async () => {
    await fc.assert(
      fc.asyncProperty(
        programs(EXACT, ["max", "min"], false),
        fc.nat({ max: 99 }),
        fc.nat(),
        async (program, seed, pick) => {
          const inputs = operandsFor(program, seed, false);
          const kinds = program.values.flatMap((value) => (value.kind === "input" ? [value] : []));
          const free = kinds.flatMap(({ extent }, i) =>
            extent === "full" || extent === "column" ? [i] : [],
          );
          const share = program.outputs.map(({ value, extent }, o) => {
            const fits = free.filter((i) => kinds[i]!.extent === extent);
            const input = fits[(pick + o) % Math.max(1, fits.length)];
            if (input === undefined || program.values[value]!.kind === "input") return undefined;
            free.splice(free.indexOf(input), 1);
            return input;
          });
          if (program.outputs.some(({ value }) => program.values[value]!.kind === "input")) return;
          const want = evaluateMap(program, inputs);
          const got = await runMap(engine, program, inputs, THREADS, share);
          got.forEach((values, i) => {
            expect(plain(values), `output ${i}`).toEqual(plain(want[i]!));
          });
        },
      ),
      { numRuns: 150, seed: 7 },
    );
  });

  it("refuses an output over something that is read in every row", () => {
    const program: MapProgram = {
      rows: 8,
      cols: 4,
      values: [
        { kind: "input", extent: "full" },
        { kind: "input", extent: "row" },
        { kind: "apply", primitive: "add", args: [0, 1] },
      ],
      outputs: [{ value: 2, extent: "full" }],
    };
    const places = { inputs: [1024, 2048], outputs: [2048], scratch: 4096 };
    expect(() => planMap(program, 1).lower(places)).toThrow(RangeError);
  });

  it.each([3000, 64])("carries sums along a row of %i in float64", async (cols) => {
    const program: MapProgram = {
      rows: 2,
      cols,
      values: [
        { kind: "input", extent: "full" },
        { kind: "reduce", reduction: "sum", of: 0, scale: 0.5 },
      ],
      outputs: [{ value: 1, extent: "column" }],
    };
    // 2²⁵ and ones: in float32 alone, one after the other, all of them would be lost.
    const x = new Float32Array(2 * cols).fill(1);
    x[0] = 2 ** 25;
    const [sums] = await runMap(engine, program, [x], 2);
    // At most 16 of them are added to it in float32.
    expect(Math.abs(sums![0]! - (2 ** 25 + cols - 1) / 2)).toBeLessThanOrEqual(8);
    expect(sums![1]).toBe(cols / 2);
  });

  it.each([
    [5, 3],
    [40, 16],
    [33, 37],
    [70, 1500],
  ])("takes the means over the rows of [%i, %i] where float32 does not hold the sums", async (rows, cols) => {
    const program = (n: number): MapProgram => ({
      ...{ rows, cols: n },
      values: [
        { kind: "input", extent: "full" },
        { kind: "apply", primitive: "neg", args: [0] },
      ],
      outputs: [],
      rowSums: [{ value: 1, scale: 1 / rows }],
    });
    // Of every three columns one has small numbers, one large ones, and one large ones of both signs, of which blocks leave float32 and come back.
    const x = Float32Array.from({ length: rows * cols }, (_, i) => {
      const [r, kind] = [Math.floor(i / cols), (i % cols) % 3];
      return kind === 0 ? r / 8 + 0.1 : kind === 1 || r < 2 * (rows >> 2) + 1 ? -2e38 : 2e38;
    });
    for (const threads of [1, 2]) {
      const [means] = await runMap(engine, program(cols), [x], threads);
      const within = Array.from(means!, (mean, c) => {
        const column = Array.from({ length: rows }, (_, r) => -x[r * cols + c]!);
        const sizes = column.reduce((sum, one) => sum + Math.abs(one), 0) / rows;
        return Math.abs(mean - column.reduce((sum, one) => sum + one, 0) / rows) <= (34 * sizes) / 2 ** 24;
      });
      expect(within).toEqual(Array.from(means!, () => true));
      // A column has the same bits whatever is beside it.
      const first = Float32Array.from({ length: rows }, (_, r) => x[r * cols]!);
      const [alone] = await runMap(engine, program(1), [first], threads);
      expect(alone![0]).toBe(means![0]);
    }
  });

  it("computes nothing of a view without rows or columns", async () => {
    const program: MapProgram = {
      rows: 0,
      cols: 5,
      values: [
        { kind: "input", extent: "full" },
        { kind: "apply", primitive: "exp", args: [0] },
      ],
      outputs: [{ value: 1, extent: "full" }],
      rowSums: [{ value: 1 }],
    };
    const [y, sums] = await runMap(engine, program, [new Float32Array(0)], 2);
    expect(y).toHaveLength(0);
    expect(Array.from(sums!)).toEqual([0, 0, 0, 0, 0]);
  });

  it("is refused with more operands than there is room for", () => {
    const values = Array.from({ length: 13 }, () => ({ kind: "input", extent: "full" }) as const);
    const program = { rows: 2, cols: 2, values, outputs: [{ value: 0, extent: "full" }] } as const;
    expect(() => planMap(program, 1)).toThrow(RangeError);
  });

  it("is no program where its code names no primitive", async () => {
    // It is closed by what it cannot understand.
    const own = await createEngine({ threads: 2 });
    const at = await own.allocate(4096);
    const [lowered] = planMap(alone("exp", 4), 2).lower({
      inputs: [at],
      outputs: [at + 64],
      scratch: at + 128,
    });
    const writer = new ProgramWriter();
    writer.emit("map", lowered!.args as InstructionArguments<"map">);
    const words = writer.finish(at + 2048);
    // The last operation's first word, behind the instruction, `end` and the data's other words.
    words[words.length - 3] = 255;
    await own.write(at + 2048, words);
    await expect(own.run(at + 2048, 1)).rejects.toMatchObject({ code: "bad-program" });
    await own.close();
  });
});

/** A primitive of one argument over n numbers. */
const alone = (primitive: MapPrimitive, n: number): MapProgram => ({
  rows: 1,
  cols: n,
  values: [
    { kind: "input", extent: "full" },
    { kind: "apply", primitive, args: [0] },
  ],
  outputs: [{ value: 1, extent: "full" }],
});

describe("functions of a map", () => {
  const everywhere = Float32Array.from(
    new Float32Array(new Uint32Array(60_000).map((_, i) => Math.imul(i, 71_583)).buffer),
  );
  const around = (low: number, high: number) =>
    Float32Array.from({ length: 60_000 }, (_, i) => low + ((high - low) * i) / 60_000);

  it.each<[keyof typeof exact, number, Float32Array]>([
    ["exp", 1.1, everywhere],
    ["expm1", 1.6, everywhere],
    ["expm1", 1.6, around(-2, 2)],
    ["log", 1, everywhere],
    ["log1p", 2, everywhere],
    ["log1p", 2, around(-0.999, 2)],
    ["erf", 2, everywhere],
    ["erf", 2, around(-4, 4)],
    ["tanh", 1.2, everywhere],
    ["sigmoid", 2.5, everywhere],
    ["rsqrt", 1.5, everywhere],
    ["sin", 1.1, around(-100, 100)],
    ["cos", 1.1, around(-100, 100)],
    ["sin", 1.1, around(-1e8, 1e8)],
    ["cos", 1.1, around(-1e8, 1e8)],
  ])("%s stays within %d ULP", async (primitive, most, x) => {
    const [y] = await runMap(engine, alone(primitive, x.length), [x], 2);
    let worst = 0;
    let at = 0;
    for (const [i, given] of x.entries()) {
      const error = ulps(y![i]!, exact[primitive](given, 0, 0));
      if (!(error <= worst)) [worst, at] = [error, given];
    }
    expect(worst, `at ${at}`).toBeLessThanOrEqual(most);
  });

  it.each<[MapPrimitive, number[], number[]]>([
    ["sin", [0, -0, 3e8, Infinity, NaN], [0, -0, NaN, NaN, NaN]],
    ["cos", [0, 3e8, -Infinity], [1, NaN, NaN]],
    ["erf", [0, -0, Infinity, -Infinity, NaN, 5], [0, -0, 1, -1, NaN, 1]],
    ["expm1", [0, Infinity, -Infinity, NaN, 100, -100], [0, Infinity, -1, NaN, Infinity, -1]],
    ["log1p", [0, -0, -1, -2, Infinity, NaN], [0, -0, -Infinity, NaN, Infinity, NaN]],
    ["rsqrt", [4, 0, Infinity, -1], [0.5, Infinity, 0, NaN]],
  ])("%s at its ends", async (primitive, x, want) => {
    const [y] = await runMap(engine, alone(primitive, x.length), [Float32Array.from(x)], 1);
    expect(Array.from(y!)).toEqual(want);
  });
});
