// Random programs, of which one word is wrong, are refused on any number of threads, and neither the wrong instruction nor what is behind it is run.
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { compileBinary } from "../src/binary.js";
import { ARGUMENTS_SHIFT, INSTRUCTION_WORDS } from "../src/constants/program.gen.js";
import { instructionBytes, instructions, ProgramWriter } from "../src/index.js";
import { instantiateModule, type ProgramExports } from "../src/instance.js";
import { OPCODES } from "../src/instructions/opcodes.gen.js";
import { KernelMemory } from "../src/memory.js";
import { platform } from "../src/platform/node.js";
import { ThreadPool } from "../src/threads/pool.js";

// A pool below an engine's: it does not close itself, so that one can look at the memory afterwards and go on.
const { module } = await compileBinary("standard", platform);
const memory = KernelMemory.create();
const exports = (await instantiateModule(module, memory.memory)) as unknown as ProgramExports;
const pool = new ThreadPool(exports, module, memory, platform, 3);
await pool.settled;
afterAll(() => pool.close());

const MOST = 12;
const cells = memory.allocate(4 * MOST);
const copies = memory.allocate(3 * MOST * instructionBytes);
const program = memory.allocate(4 * MOST * instructionBytes);

/** How many arguments an instruction has, by its opcode. */
const COUNTS = new Map(
  Object.values(instructions).map(({ opcode, args }) => [opcode as number, args.length]),
);

/** A way to spoil an instruction: its first two words, of which one comes out wrong whatever they were. */
const wrong = fc.oneof(
  fc.integer({ min: OPCODES, max: 0xffff_ffff }).map((opcode) => ({ word: 0, value: () => opcode })),
  fc.constant({ word: 0, value: () => 0 }),
  fc.nat().map((pick) => ({
    word: 0,
    value: (opcode: number) => {
      const others = [...COUNTS].filter(([, count]) => count !== COUNTS.get(opcode));
      return others[pick % others.length]![0];
    },
  })),
  fc.integer({ min: 1, max: 0x7fff_fffe }).map((change) => ({
    word: 1,
    value: (_: number, flags: number) => (flags ^ (change << ARGUMENTS_SHIFT)) >>> 0,
  })),
);

/** So many instructions, of which some may be the body of a loop that begins there. */
const recipe = fc.record({
  length: fc.integer({ min: 1, max: MOST }),
  loop: fc.option(
    fc.record({ at: fc.nat(), body: fc.integer({ min: 1, max: 4 }), turns: fc.integer({ min: 1, max: 3 }) }),
  ),
  spoilt: fc.nat(),
  threads: fc.integer({ min: 1, max: 3 }),
  wrong,
});
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;

/** Instruction i adds 1 to cell i; a loop's own does nothing. */
function written({ length, loop }: Recipe): { words: Uint32Array; loopAt: number; body: number } {
  const at = loop ? loop.at % length : -1;
  const body = loop ? Math.min(loop.body, length - at) : 0;
  const writer = new ProgramWriter();
  for (let i = 0; i < length; i++) {
    if (i === at) {
      const share = body * instructionBytes;
      const moves = { moves: new Uint32Array(0), moved: 0 };
      writer.emit("loop", { length: body, count: loop!.turns, ...moves, share, scratch: copies });
    }
    const cell = cells + 4 * i;
    writer.emit("scale_shift", { x: cell, y: cell, n: 1, scale: 1, shift: 1 });
  }
  return { words: writer.finish(program), loopAt: at, body };
}

function run(words: Uint32Array, threads: number): number[] {
  memory.f32(cells, MOST).fill(0);
  memory.u32(program, words.length).set(words);
  pool.run(program, threads);
  return [...memory.f32(cells, MOST)];
}

describe("a random program", () => {
  it("runs as it is, and with one wrong word is refused at it", () => {
    fc.assert(
      fc.property(recipe, (one) => {
        const { words, loopAt, body } = written(one);
        const turnsOf = (i: number) => (i >= loopAt && i < loopAt + body ? one.loop!.turns : 1);
        const whole = Array.from({ length: MOST }, (_, i) => (i < one.length ? turnsOf(i) : 0));
        expect(run(words, one.threads)).toEqual(whole);
        // Any of them, the loop's own and `end` too.
        const names = one.length + (loopAt >= 0 ? 2 : 1);
        const at = one.spoilt % names;
        const corrupt = words.slice();
        const [opcode, flags] = words.subarray(INSTRUCTION_WORDS * at);
        corrupt[INSTRUCTION_WORDS * at + one.wrong.word] = one.wrong.value(opcode!, flags!);
        expect(() => run(corrupt, one.threads)).toThrow(
          expect.objectContaining({ name: "EngineError", code: "bad-program" }),
        );
        const cellOf = (place: number) => (loopAt >= 0 && place > loopAt ? place - 1 : place);
        const ran = [...memory.f32(cells, MOST)];
        // A loop is looked through before its first turn: none of a spoilt body is run.
        const stopped = at > loopAt && at <= loopAt + body && loopAt >= 0 ? loopAt : cellOf(at);
        expect(ran).toEqual(whole.map((turns, i) => (i < stopped ? turns : 0)));
      }),
      { numRuns: process.env.CI ? 2000 : 300 },
    );
  });
});
