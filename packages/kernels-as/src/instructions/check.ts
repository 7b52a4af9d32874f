import type { KernelMemory } from "../memory.js";
import { MemoryError } from "../memory-error.js";
import { type InstructionArguments, type InstructionName, instructions } from "./index.js";
import { kinds } from "./instructions.gen.js";
import { operandTable } from "./operands.gen.js";
import { elementBytes, type Operand, type WordReader } from "./operands.js";

type Numbers = Record<string, number>;

interface Row {
  readonly fault?: (args: Numbers, threads: number, memory: WordReader) => string | undefined;
  readonly flags?: readonly string[];
  readonly operands: Readonly<Record<string, Operand<Numbers>>>;
}

/** What the table says of an instruction, by any name. */
export const operandsOf = (name: InstructionName): Row => operandTable[name] as unknown as Row;

/**
 * Checks an instruction's arguments before it runs on them, on one thread.
 *
 * @throws {RangeError} for an argument that is missing or no whole number of its range, and for sizes that do not fit each other.
 * @throws {MemoryError} for an operand that does not lie in the memory whole, or not at a multiple of its elements' size.
 */
export function checkArguments<K extends InstructionName>(
  memory: KernelMemory,
  name: K,
  args: InstructionArguments<K>,
): void {
  const numbers = args as unknown as Numbers;
  for (const argument of instructions[name].args as readonly string[]) {
    const [own, kind] = argument.split(":") as [string, string];
    if (kind === "u" || kind === "i") checkInteger(name, own, kind, numbers[own]);
    else if (kind in kinds) checkKind(name, own, kind, numbers[own]);
  }
  const { fault, flags = [], operands } = operandsOf(name);
  for (const flag of flags) {
    if (numbers[flag]! > 1)
      throw new RangeError(`${name}: expected ${flag} to be 0 or 1, got ${numbers[flag]}`);
  }
  const words: WordReader = {
    word(address, i = 0) {
      if (address % 4 === 0) return memory.u32(address + 4 * i, 1)[0]!;
      throw new MemoryError(`${name}: expected words at a multiple of 4, got address ${address}`);
    },
  };
  const wrong = fault?.(numbers, 1, words);
  if (wrong) throw new RangeError(`${name}: ${wrong}`);
  for (const [operand, one] of Object.entries(operands)) {
    checkOperand(memory, name, { operand, ...one }, numbers, words);
  }
}

function checkOperand(
  memory: KernelMemory,
  instruction: string,
  { operand, ...one }: Operand<Numbers> & { readonly operand: string },
  args: Numbers,
  words: WordReader,
): void {
  const address = args[operand]!;
  if (one.optional && address === 0) return;
  const total = memory.memory.buffer.byteLength;
  const bytes = elementBytes[one.type];
  const align = one.role === "scratch" ? 64 : bytes;
  const elements = one.elements(args, 1, words);
  const begin = address + bytes * (one.first?.(args, 1, words) ?? 0);
  if (begin >= 0 && begin + elements * bytes <= total && Number.isInteger(address / align)) return;
  throw new MemoryError(
    `${instruction}: ${operand}: expected ${elements} elements of ${bytes} bytes at a multiple of ${align} inside the ` +
      `memory of ${total} bytes, got address ${address}`,
  );
}

function checkInteger(instruction: string, name: string, kind: "u" | "i", value: number | undefined): void {
  const [low, high] = kind === "u" ? [0, 0xffff_ffff] : [-0x8000_0000, 0x7fff_ffff];
  if (value !== undefined && Number.isInteger(value) && value >= low && value <= high) return;
  const range = kind === "u" ? "[0, 2^32)" : "[-2^31, 2^31)";
  throw new RangeError(`${instruction}: expected ${name} to be an integer in ${range}, got ${value}`);
}

function checkKind(instruction: string, name: string, kind: string, value: unknown): void {
  const functions = kinds[kind]!;
  if (typeof value === "string" ? value in functions : Object.values(functions).includes(value as number))
    return;
  throw new RangeError(
    `${instruction}: expected ${name} to be one of ${Object.keys(functions).join(", ")}, got ${String(value)}`,
  );
}
