import { controlInstructions } from "./control.js";
import { convInstructions } from "./conv.js";
import { dataInstructions } from "./data.js";
import { elementwiseInstructions } from "./elementwise.js";
import { gemmInstructions } from "./gemm.js";
import { optimInstructions } from "./optim.js";
import { reduceInstructions } from "./reduce.js";

/** Every instruction of the interpreter by name: its opcode and its arguments, `name:kind`, in the order of their words. */
export const instructions = {
  ...controlInstructions,
  ...gemmInstructions,
  ...convInstructions,
  ...elementwiseInstructions,
  ...reduceInstructions,
  ...optimInstructions,
  ...dataInstructions,
} as const;

/** p: byte address, u: unsigned, i: signed, f: float32. */
export type ArgumentKind = "p" | "u" | "i" | "f";

export type InstructionName = keyof typeof instructions;

type ArgumentName<A> = A extends `${infer Name}:${ArgumentKind}` ? Name : never;

export type InstructionArguments<K extends InstructionName> = {
  [A in ArgumentName<(typeof instructions)[K]["args"][number]>]: number;
};
