import { FLAG_BARRIER, INSTRUCTION_WORDS } from "./generated/opcodes.js";
import { type InstructionArguments, type InstructionName, instructions } from "./instructions/index.js";

/**
 * Writes the words of a program: instructions of `INSTRUCTION_WORDS` 32-bit words, of which the first is the opcode, the second
 * the flags, and the others the arguments.
 */
export class ProgramWriter {
  readonly #words: number[] = [];
  readonly #scratch = new ArrayBuffer(4);
  readonly #names: InstructionName[] = [];

  /** The instructions written so far, by name. */
  get names(): readonly InstructionName[] {
    return this.#names;
  }

  /**
   * Appends an instruction. All threads wait for each other before it unless `barrier` is false, which is right only for an
   * instruction that touches nothing written since the last barrier.
   *
   * @throws {RangeError} for a missing argument or one that is not of its kind.
   */
  emit<K extends InstructionName>(name: K, args: InstructionArguments<K>, barrier = true): void {
    const { opcode, args: declared } = instructions[name];
    const words = [opcode, barrier ? FLAG_BARRIER : 0];
    for (const argument of declared as readonly string[]) {
      const [argumentName, kind] = argument.split(":") as [string, string];
      words.push(this.#word(name, argumentName, kind, (args as Record<string, number>)[argumentName]));
    }
    if (words.length > INSTRUCTION_WORDS) throw new RangeError(`internal: ${name} has too many arguments`);
    while (words.length < INSTRUCTION_WORDS) words.push(0);
    this.#words.push(...words);
    this.#names.push(name);
  }

  /** The program's words, closed by END. */
  finish(): Uint32Array {
    this.emit("end", {});
    return Uint32Array.from(this.#words);
  }

  #word(instruction: string, name: string, kind: string, value: number | undefined): number {
    if (kind === "f" && typeof value === "number") {
      new Float32Array(this.#scratch)[0] = value;
      return new Uint32Array(this.#scratch)[0]!;
    }
    const low = kind === "i" ? -0x8000_0000 : 0;
    const high = kind === "i" ? 0x7fff_ffff : 0xffff_ffff;
    if (value === undefined || !Number.isInteger(value) || value < low || value > high) {
      throw new RangeError(`internal: ${instruction}: argument ${name} is ${value}, not a 32-bit integer`);
    }
    return value >>> 0;
  }
}
