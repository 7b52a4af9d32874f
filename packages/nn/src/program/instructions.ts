import type { InstructionName, InstructionTable } from "@loam/kernels-as";

declare module "../graph/op.js" {
  /** Ops name the kernels' own instructions: an argument too many, too few or misspelt does not compile. */
  interface Instructions extends InstructionTable {}
}

/** An instruction by name, before it has its words. */
export interface Instruction {
  readonly name: InstructionName;
  readonly args: Readonly<Record<string, number | string | Uint32Array>>;
  /** False for one that need not wait until all threads are done with those before it. */
  readonly barrier?: false;
  /** The layer and op that it belongs to, for messages. */
  readonly scope: string;
  readonly op: string;
}
