import { ARGUMENTS_SHIFT, FLAG_BARRIER, INSTRUCTION_WORDS } from "./constants/program.gen.js";
import { type InstructionArguments, type InstructionName, instructions } from "./instructions/index.js";
import { kinds } from "./instructions/instructions.gen.js";

/** Data lies at multiples of so many words: a cache line. */
const LINE_WORDS = 16;

/** Where data's address belongs, and the data. */
interface Data {
  readonly word: number;
  readonly values: Uint32Array;
}

const lines = (words: number) => Math.ceil(words / LINE_WORDS) * LINE_WORDS;

/**
 * Writes the words of a program: instructions of `INSTRUCTION_WORDS` 32-bit words, of which the first is the opcode, the second holds the flags
 * and the number of arguments, and the others are the arguments. Behind the instructions lie the data that they were given.
 */
export class ProgramWriter {
  readonly #words: number[] = [];
  readonly #data: Data[] = [];
  readonly #scratch = new ArrayBuffer(4);
  readonly #names: InstructionName[] = [];

  /** The instructions written so far, by name. */
  get names(): readonly InstructionName[] {
    return this.#names;
  }

  /** Whether the core binary has every instruction written so far. */
  get core(): boolean {
    return this.#names.every((name) => instructions[name].core);
  }

  /** How much room the program takes when it is finished, if nothing more is written. */
  get bytes(): number {
    const end = this.#names.at(-1) === "end" ? 0 : INSTRUCTION_WORDS;
    return 4 * this.#data.reduce((sum, { values }) => lines(sum) + values.length, this.#words.length + end);
  }

  /**
   * Appends an instruction. All threads wait for each other before it unless `barrier` is false, which is right only for an
   * instruction that touches nothing written since the last barrier.
   *
   * @throws {RangeError} for a missing argument or one that is not of its kind.
   */
  emit<K extends InstructionName>(name: K, args: InstructionArguments<K>, barrier = true): void {
    const { opcode, args: declared } = instructions[name] as { opcode: number; args: readonly string[] };
    this.#words.push(opcode, (barrier ? FLAG_BARRIER : 0) | (declared.length << ARGUMENTS_SHIFT));
    for (const argument of declared) {
      const [argumentName, kind] = argument.split(":") as [string, string];
      const value = (args as Record<string, number | string | Uint32Array | undefined>)[argumentName];
      this.#words.push(this.#word(name, argumentName, kind, value));
    }
    for (let words = 2 + declared.length; words < INSTRUCTION_WORDS; words++) this.#words.push(0);
    this.#names.push(name);
  }

  /**
   * The program's words, closed by `end`, with its data behind it.
   * @param address where the program will lie, a multiple of 64; needed by instructions that are given data
   */
  finish(address = 0): Uint32Array<ArrayBuffer> {
    if (this.#names.at(-1) !== "end") this.emit("end", {});
    const words = new Uint32Array(this.bytes / 4);
    words.set(this.#words);
    let at = this.#words.length;
    for (const { word, values } of this.#data) {
      at = lines(at);
      words.set(values, at);
      words[word] = address + 4 * at;
      at += values.length;
    }
    return words;
  }

  #word(
    instruction: string,
    name: string,
    kind: string,
    value: number | string | Uint32Array | undefined,
  ): number {
    if (kind === "d" && value instanceof Uint32Array) {
      this.#data.push({ word: this.#words.length, values: value });
      return 0;
    }
    if (kind === "f" && typeof value === "number") {
      new Float32Array(this.#scratch)[0] = value;
      return new Uint32Array(this.#scratch)[0]!;
    }
    const number = typeof value === "string" ? kinds[kind]?.[value] : value;
    const low = kind === "i" ? -0x8000_0000 : 0;
    const functions = kinds[kind] && Object.keys(kinds[kind]);
    const high = functions ? functions.length - 1 : kind === "i" ? 0x7fff_ffff : 0xffff_ffff;
    const fits = typeof number === "number" && Number.isInteger(number) && number >= low && number <= high;
    if (!fits || kind === "d") {
      const wanted = functions
        ? `one of ${functions.join(", ")}`
        : kind === "d"
          ? "a Uint32Array"
          : "a 32-bit integer";
      throw new RangeError(`internal: ${instruction}: argument ${name} is ${value}, not ${wanted}`);
    }
    return number >>> 0;
  }
}
