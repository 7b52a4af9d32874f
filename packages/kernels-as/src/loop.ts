import { INSTRUCTION_WORDS } from "./constants/program.gen.js";
import { type InstructionName, instructions } from "./instructions/index.js";

/** Bytes of an instruction in a program. */
export const instructionBytes = 4 * INSTRUCTION_WORDS;

interface Named {
  readonly name: InstructionName;
  readonly args: Readonly<Record<string, number | string | Uint32Array>>;
}

/**
 * The `moves` of a `loop`: what is added to which word of its body from one turn to the next, found by comparing the body of two turns that follow
 * each other. Where a word does not grow by the same in every turn, no loop can say it.
 *
 * @throws {RangeError} when the two are not the same instructions on other addresses.
 */
export function loopMoves(turn: readonly Named[], next: readonly Named[]): Uint32Array<ArrayBuffer> {
  const moves: number[] = [];
  turn.forEach(({ name, args }, i) => {
    const then = next[i];
    instructions[name].args.forEach((argument: string, word: number) => {
      const [key, kind] = argument.split(":") as [string, string];
      const [before, after] = [args[key], then?.args[key]];
      if (kind === "d" ? sameWords(before, after) : before === after) return;
      if (kind !== "p" || typeof before !== "number" || typeof after !== "number") {
        throw new RangeError(`internal: ${name}: ${key} is ${before} and then ${after} in a loop`);
      }
      moves.push(INSTRUCTION_WORDS * i + 2 + word, (after - before) >>> 0);
    });
  });
  return Uint32Array.from(moves);
}

function sameWords(a: unknown, b: unknown): boolean {
  if (!(a instanceof Uint32Array && b instanceof Uint32Array)) return false;
  return a.length === b.length && a.every((word, i) => word === b[i]);
}
