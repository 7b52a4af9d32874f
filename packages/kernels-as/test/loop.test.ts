// A loop does what its body does, written out turn by turn, on any number of threads; and what is no loop is refused.
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  createEngine,
  type Engine,
  type InstructionName,
  instructionBytes,
  loopMoves,
  ProgramWriter,
} from "../src/index.js";

interface Instruction {
  readonly name: InstructionName;
  readonly args: Record<string, number | string | Uint32Array>;
}

const ROOM = 256;
const CELLS = 64;
const engines = new Map<number, Engine>();
afterAll(() => Promise.all([...engines.values()].map((engine) => engine.close())));

async function engineFor(threads: number): Promise<Engine> {
  const known = engines.get(threads) ?? (await createEngine({ threads }));
  engines.set(threads, known);
  return known;
}

async function write(engine: Engine, instructions: readonly Instruction[]): Promise<number> {
  const writer = new ProgramWriter();
  for (const { name, args } of instructions) writer.emit(name, args as never);
  const program = await engine.allocate(writer.bytes + instructionBytes);
  await engine.write(program, writer.finish(program));
  return program;
}

/** What CELLS numbers become, of which each is its place at first. */
async function run(engine: Engine, make: (cells: number, scratch: number) => Instruction[]) {
  const cells = await engine.allocate(4 * CELLS);
  const scratch = await engine.allocate(4 * ROOM * instructionBytes);
  await engine.write(
    cells,
    Float32Array.from({ length: CELLS }, (_, i) => i),
  );
  const program = await write(engine, make(cells, scratch));
  expect(await engine.run(program)).toEqual({ times: 1, finite: true });
  return new Float32Array((await engine.read(cells, 4 * CELLS)).buffer);
}

/** y ← α·x + β over a few cells, at places that move from turn to turn of the inner loop and of the outer one. */
interface Line {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
  readonly n: number;
}

const step = fc.integer({ min: -2, max: 3 });
const place = fc.tuple(fc.integer({ min: 20, max: 24 }), step, step);
const line: fc.Arbitrary<Line> = fc.record({
  from: place,
  to: place,
  n: fc.integer({ min: 0, max: 6 }),
});

const at = (cells: number, [first, inner, outer]: readonly [number, number, number], i: number, o: number) =>
  cells + 4 * (first + inner * i + outer * o);

const lines = (all: readonly Line[], cells: number, i: number, o: number): Instruction[] =>
  all.map(({ from, to, n }, which) => ({
    name: "scale_shift",
    args: { x: at(cells, from, i, o), y: at(cells, to, i, o), n, scale: 0.5, shift: which },
  }));

function loop(
  turn: readonly Instruction[],
  next: readonly Instruction[],
  count: number,
  scratch: number,
): Instruction[] {
  const moves = loopMoves(turn, next);
  const share = turn.length * instructionBytes;
  const args = { length: turn.length, count, moves, moved: moves.length / 2, share, scratch };
  return [{ name: "loop", args }, ...turn];
}

describe("a loop", () => {
  it("does what its body does written out, inside another one too, on 1 to 4 threads", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 3 }),
        fc.array(line, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 3 }),
        async (before, inside, inner, outer) => {
          const nested = (cells: number, scratch: number, o: number) => [
            ...lines(before, cells, 0, o),
            ...loop(lines(inside, cells, 0, o), lines(inside, cells, 1, o), inner, scratch),
            ...lines(before, cells, 1, o),
          ];
          const range = (n: number) => Array.from({ length: n }, (_, i) => i);
          const want = await run(await engineFor(1), (cells) =>
            range(outer).flatMap((o) => [
              ...lines(before, cells, 0, o),
              ...range(inner).flatMap((i) => lines(inside, cells, i, o)),
              ...lines(before, cells, 1, o),
            ]),
          );
          for (const threads of [1, 2, 4]) {
            const got = await run(await engineFor(threads), (cells, scratch) => {
              const within = scratch + 2 * ROOM * instructionBytes;
              return loop(nested(cells, within, 0), nested(cells, within, 1), outer, scratch);
            });
            expect(got).toEqual(want);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("is found only where the same instructions follow each other on other addresses", () => {
    const [one, other] = [0, 1].map((scale) => ({ name: "scale_shift", args: { x: 0, y: 0, n: 1, scale } }));
    expect(() => loopMoves([one as Instruction], [other as Instruction])).toThrow(
      "internal: scale_shift: scale is 0 and then 1 in a loop",
    );
  });

  it.each([1, 2])("is refused on %i threads where a word of it is not right", async (threads) => {
    const words = { length: 2, moves: 4, moved: 5, share: 6 };
    const good: Instruction[] = [
      { name: "loop", args: {} },
      { name: "fill", args: { y: 0, n: 0, value: 0 } },
      { name: "fill", args: { y: 0, n: 0, value: 0 } },
    ];
    const moves = Uint32Array.of(32 + 2, 0);
    const corrupt: [string, (program: Uint32Array) => void][] = [
      [
        "a body that goes on behind the program",
        (program) => program.fill(3, words.length, words.length + 1),
      ],
      [
        "a body larger than the memory",
        (program) => program.fill(0xffff_ffff, words.length, words.length + 1),
      ],
      ["no room for the body", (program) => program.fill(255, words.share, words.share + 1)],
      ["an opcode that would move", (program) => program.fill(32, 4 * 32, 4 * 32 + 1)],
      ["flags that would move", (program) => program.fill(33, 4 * 32, 4 * 32 + 1)],
      ["a word behind the body that would move", (program) => program.fill(66, 4 * 32, 4 * 32 + 1)],
      ["an instruction of the body that is none", (program) => program.fill(0xffff, 32, 33)],
    ];
    for (const [what, spoil] of [["nothing", () => {}] as (typeof corrupt)[number], ...corrupt]) {
      const engine = await createEngine({ threads });
      try {
        const scratch = await engine.allocate(4 * instructionBytes);
        const args = { length: 2, count: 2, moves, moved: 1, share: 2 * instructionBytes, scratch };
        const writer = new ProgramWriter();
        for (const { name, args: own } of good) writer.emit(name, (name === "loop" ? args : own) as never);
        const program = await engine.allocate(writer.bytes + instructionBytes);
        const written = writer.finish(program);
        spoil(written);
        await engine.write(program, written);
        const running = engine.run(program);
        if (what === "nothing") expect(await running).toEqual({ times: 1, finite: true });
        else await expect(running, what).rejects.toMatchObject({ code: "bad-program" });
      } finally {
        await engine.close();
      }
    }
  });

  it("is refused inside another one where it goes on behind it", async () => {
    const engine = await createEngine({ threads: 1 });
    try {
      const scratch = await engine.allocate(16 * instructionBytes);
      const one = (length: number, at: number): Instruction => ({
        name: "loop",
        args: {
          length,
          count: 1,
          moves: new Uint32Array(0),
          moved: 0,
          share: 4 * instructionBytes,
          scratch: at,
        },
      });
      const fill: Instruction = { name: "fill", args: { y: 0, n: 0, value: 0 } };
      const inner = scratch + 8 * instructionBytes;
      const fits = await write(engine, [one(2, scratch), one(1, inner), fill, fill]);
      expect(await engine.run(fits)).toEqual({ times: 1, finite: true });
      const longer = await write(engine, [one(2, scratch), one(2, inner), fill, fill]);
      await expect(engine.run(longer)).rejects.toMatchObject({ code: "bad-program" });
    } finally {
      await engine.close();
    }
  });
});
