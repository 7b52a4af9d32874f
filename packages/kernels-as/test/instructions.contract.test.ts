// What the table of instructions says holds for every row: what is touched, how it is split, and what is refused.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createEngine,
  type Engine,
  type InstructionArguments,
  type InstructionName,
  instantiate,
  instructions,
  type KernelMemory,
  type Kernels,
  MemoryError,
  startEngine,
} from "../src/index.js";
import { operandsOf } from "../src/instructions/check.js";
import { elementBytes, type WordReader } from "../src/instructions/operands.js";
import { contents, type Example, exampleOf } from "./support/arguments.js";
import {
  type Data,
  expectSameBytes,
  instructionNames,
  type Operand,
  type Operands,
  run,
} from "./support/instruction.js";

const RUNS = 12;
const THREADS = 4;
/** Every thread stores a number of its own. */
const PER_THREAD = new Set<InstructionName>(["peak"]);

/** Contents of what an instruction reads, in an order in which sizes that lie in memory are known. */
function filled(name: InstructionName, { numbers, data = {} }: Example): Record<string, Data> {
  const { operands } = operandsOf(name);
  const made: Record<string, Data> = { ...data };
  // Addresses for which only the words are real: operand i at 2^32·(i + 1).
  const places = Object.keys(operands);
  const address = (operand: string) => (places.indexOf(operand) + 1) * 2 ** 32;
  const memory: WordReader = {
    word: (at, i = 0) => {
      const operand = places[Math.floor(at / 2 ** 32) - 1]!;
      const bytes = made[operand]!;
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32((at % 2 ** 32) + 4 * i, true);
    },
  };
  const args = { ...numbers, ...Object.fromEntries(places.map((operand) => [operand, address(operand)])) };
  for (const [operand, { role, elements }] of Object.entries(operands)) {
    if (made[operand] || (role !== "input" && role !== "update")) continue;
    made[operand] = contents(name, operand, elements(args as never, THREADS, memory));
  }
  return made;
}

function operandsFor(name: InstructionName, example: Example): Operands<InstructionName> {
  const given: Record<string, Operand> = { ...example.numbers };
  for (const [operand, data] of Object.entries(filled(name, example))) {
    given[operand] =
      operandsOf(name).operands[operand]!.role === "update" ? { change: data } : { read: data };
  }
  return given as Operands<InstructionName>;
}

describe.each(instructionNames)("%s", (name) => {
  let engine: Engine;
  let kernels: Kernels;
  beforeAll(async () => {
    engine = shared ??= await createEngine({ threads: THREADS });
    kernels = alone ??= await instantiate();
  });

  it("touches what its row says, and gives the same bits on 1 to 4 threads, whatever outputs and scratch held", async () => {
    await fc.assert(
      fc.asyncProperty(exampleOf(name), async (example) => {
        const operands = operandsFor(name, example);
        const one = await run(engine, name, operands, 1);
        if (PER_THREAD.has(name)) return;
        expectSameBytes(await run(engine, name, operands, 1, 0), one, "after other contents");
        for (let threads = 2; threads <= THREADS; threads++) {
          expectSameBytes(await run(engine, name, operands, threads), one, `on ${threads} threads`);
        }
      }),
      { numRuns: RUNS, seed: 11 },
    );
  });

  it.each(["standard", "fast"] as const)(
    "is in the core binary, or not, as its row says: precision %s",
    async (precision) => {
      const operands = operandsFor(name, fc.sample(exampleOf(name), { numRuns: 1, seed: 13 })[0]!);
      await using core = await startEngine({ threads: 1, precision }, false);
      const one = run(core, name, operands, 1);
      if (!instructions[name].core) await expect(one).rejects.toMatchObject({ code: "bad-program" });
      else if (precision === "fast" || PER_THREAD.has(name)) await one;
      else expectSameBytes(await one, await run(engine, name, operands, 1), "in the core binary");
    },
  );

  it("runs by itself, and refuses every operand that is not in the memory", () => {
    fc.assert(
      fc.property(exampleOf(name), (example) => {
        const args = placed(kernels.memory, name, example);
        kernels.run(name, args as InstructionArguments<InstructionName>);
        const end = kernels.memory.memory.buffer.byteLength;
        for (const [operand, { type, elements, first }] of Object.entries(operandsOf(name).operands)) {
          const count = elements(args as never, 1, wordsOf(kernels.memory));
          if (count === 0) continue;
          const bytes = elementBytes[type];
          const begin = bytes * (first?.(args as never, 1, wordsOf(kernels.memory)) ?? 0);
          const wrongs = [end - begin - bytes * (count - 1), -64 - begin, Number.NaN];
          if (bytes > 1) wrongs.push(args[operand]! + 1);
          for (const wrong of wrongs) {
            const call = () =>
              kernels.run(name, { ...args, [operand]: wrong } as InstructionArguments<InstructionName>);
            expect(call, `${operand} at ${wrong}`).toThrow(MemoryError);
          }
        }
      }),
      { numRuns: RUNS, seed: 12 },
    );
  });
});

let shared: Engine | undefined;
let alone: Kernels | undefined;
afterAll(() => shared?.close());

const wordsOf = (memory: KernelMemory): WordReader => ({
  word: (at, i = 0) => memory.u32(at + 4 * i, 1)[0]!,
});

/** Puts an example in memory. @returns its arguments. */
function placed(memory: KernelMemory, name: InstructionName, example: Example): Record<string, number> {
  const args = { ...example.numbers } as Record<string, number>;
  const { operands } = operandsOf(name);
  const put = (operand: string, bytes: number): number => {
    const { first, type } = operands[operand]!;
    const at = memory.allocate(bytes);
    args[operand] = at - elementBytes[type] * (first?.(args, 1, wordsOf(memory)) ?? 0);
    return at;
  };
  for (const [operand, data] of Object.entries(filled(name, example))) {
    const at = put(operand, data.byteLength);
    memory.bytes(at, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  for (const [operand, { type, elements }] of Object.entries(operands)) {
    if (args[operand] === undefined) put(operand, elementBytes[type] * elements(args, 1, wordsOf(memory)));
  }
  return args;
}
