import type { InstructionTable } from "./instructions.gen.js";

export {
  type BinaryKind,
  binaryKinds,
  type InstructionTable,
  instructions,
  type MapKind,
  mapKinds,
  type PeakKind,
  type UnaryKind,
  unaryKinds,
} from "./instructions.gen.js";

/** The name of an instruction. */
export type InstructionName = keyof InstructionTable;

/** The arguments of an instruction by name. */
export type InstructionArguments<K extends InstructionName> = InstructionTable[K];

/** p: byte address, u: unsigned, i: signed, f: float32, d: words of the program's own; else the name of a list of functions, by number or name. */
export type ArgumentKind = "p" | "u" | "i" | "f" | "d" | "unary" | "binary" | "peak" | "map";
