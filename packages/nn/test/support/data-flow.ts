import { INSTRUCTION_WORDS } from "../../../kernels-as/src/constants/program.gen.js";
import { operandsOf } from "../../../kernels-as/src/instructions/check.js";
import { instructions as instructionTable } from "../../../kernels-as/src/instructions/index.js";
import { elementBytes } from "../../../kernels-as/src/instructions/operands.js";
import type { Instruction } from "../../src/program/instructions.js";

/** What an instruction's argument covers in memory, in bytes. */
export interface Range {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly scratch: boolean;
}

/** The instructions in the order in which they run, each turn of a loop with the addresses that it has then. */
export function unrolled(instructions: readonly Instruction[]): Instruction[] {
  const done: Instruction[] = [];
  for (let i = 0; i < instructions.length; i++) {
    const one = instructions[i]!;
    if (one.name !== "loop") {
      done.push(one);
      continue;
    }
    const { length, count, moves } = one.args as { length: number; count: number; moves: Uint32Array };
    const body = instructions.slice(i + 1, i + 1 + length);
    for (let turn = 0; turn < count; turn++) {
      const moved = body.map((each) => ({ ...each, args: { ...each.args } as Record<string, number> }));
      for (let at = 0; at < moves.length; at += 2) {
        const [place, word] = [Math.floor(moves[at]! / INSTRUCTION_WORDS), moves[at]! % INSTRUCTION_WORDS];
        const key = instructionTable[moved[place]!.name].args[word - 2]!.split(":")[0]!;
        moved[place]!.args[key]! += turn * (moves[at + 1]! | 0);
      }
      done.push(...unrolled(moved));
    }
    i += length;
  }
  return done;
}

/** The memory that an instruction touches, by the kernels' table. */
export function rangesOf({ name, args }: Instruction, threads: number): Range[] {
  const numbers = args as Record<string, number>;
  const memory = {
    word(): never {
      throw new Error(`${name} says its sizes in memory`);
    },
  };
  return Object.entries(operandsOf(name).operands).flatMap(([operand, one]) => {
    const address = numbers[operand]!;
    if (one.optional && address === 0) return [];
    const bytes = elementBytes[one.type];
    const begin = address + bytes * (one.first?.(numbers, threads, memory) ?? 0);
    const end = begin + bytes * one.elements(numbers, threads, memory);
    const scratch = one.role === "scratch";
    // What is not added to is written whole, where rows lie side by side, as they do in programs.
    const adds = one.role === "update" && numbers.accumulate !== 0 && name !== "gemm_masked";
    return [
      {
        name: operand,
        begin,
        end,
        reads: one.role === "input" || adds,
        writes: one.role !== "input",
        scratch,
      },
    ];
  });
}

/** Who wrote each word of memory last, while a program is followed. */
export class DataFlow {
  readonly #writer = new Map<number, string>();

  constructor(readonly threads: number) {}

  /** By operand that it reads, who wrote what is there. */
  follow(instruction: Instruction, index: number): Record<string, string> {
    const ranges = rangesOf(instruction, this.threads);
    const seen = Object.fromEntries(
      ranges.flatMap(({ name, begin, end, reads }) => (reads ? [[name, this.writersOf(begin, end)]] : [])),
    );
    for (const { name, begin, end, writes } of ranges) {
      if (!writes) continue;
      for (let word = begin >> 2; word < (end + 3) >> 2; word++) this.#writer.set(word, `${index}.${name}`);
    }
    return seen;
  }

  /** The writers of a range as runs of words: `3.y×24`; `before` where nothing has been written yet. */
  writersOf(begin: number, end: number): string {
    const runs: { by: string; words: number }[] = [];
    for (let word = begin >> 2; word < (end + 3) >> 2; word++) {
      const by = this.#writer.get(word) ?? "before";
      const last = runs.at(-1);
      if (last?.by === by) last.words++;
      else runs.push({ by, words: 1 });
    }
    return runs.map(({ by, words }) => `${by}×${words}`).join(" ");
  }
}
