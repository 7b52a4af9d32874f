import type { InstructionTable } from "./instructions.gen.js";

/** Reads what operands say about each other's sizes. @throws {MemoryError} outside the memory. */
export interface WordReader {
  /** The i-th u32 from a byte address on. */
  word(address: number, i?: number): number;
}

/** Something about an instruction that follows from its arguments, for so many threads, and what lies in memory. */
type Derived<A, T> = (args: A, threads: number, memory: WordReader) => T;

/** Bytes of an element. */
export const elementBytes = { u8: 1, u32: 4, f32: 4, f64: 8, u64: 8 } as const;

export interface Operand<A> {
  /**
   * An input is not written; an output is written whole and not read; an update may be read and keep what it has; scratch lies at a
   * multiple of 64 and holds nothing before and nothing after.
   */
  readonly role: "input" | "output" | "update" | "scratch";
  readonly type: keyof typeof elementBytes;
  readonly elements: Derived<A, number>;
  /** By how many elements the range begins ahead of the address; 0 or less. */
  readonly first?: Derived<A, number>;
  /** True for one that is not wanted when its address is 0. */
  readonly optional?: true;
}

export type OperandTable = {
  readonly [K in keyof InstructionTable]: {
    /** What is wrong with the sizes, as a sentence without its subject. */
    readonly fault?: (args: InstructionTable[K], threads: number, memory: WordReader) => string | undefined;
    /** Arguments that are 0 or 1. */
    readonly flags?: readonly (keyof InstructionTable[K])[];
    readonly operands: { readonly [A in keyof InstructionTable[K]]?: Operand<InstructionTable[K]> };
  };
};
