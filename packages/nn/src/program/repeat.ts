import { type InstructionName, instructionBytes, loopMoves } from "@loam/kernels-as";
import type { Lowering } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import type { Instruction } from "./instructions.js";

/** A part of a program that is planned once and written with other addresses for every turn of a loop. */
export interface Part {
  /** What its intermediates take. */
  readonly bytes: number;
  /** How many instructions it has, wherever things lie. */
  readonly length: number;
  write(arena: number, addressOf: (leaf: Tensor) => number): readonly Instruction[];
}

interface Turns extends Pick<Lowering, "scratch"> {
  emit(name: InstructionName, args: never, barrier?: boolean): void;
  readonly count: number;
  readonly threads: number;
  readonly isMeasuring: boolean;
  place(leaf: Tensor, turn: number): number;
}

/** Emits a loop over a part, or the part itself where there is one turn. What moves is what differs between the first two turns. */
export function emitRepeated(part: Part, { count, place, emit, scratch, threads, isMeasuring }: Turns): void {
  const { length } = part;
  const share = length * instructionBytes;
  const arena = scratch(part.bytes);
  const copies = count > 1 ? scratch(threads * share) : 0;
  if (isMeasuring) return;
  const turn = (which: number) => part.write(arena, (leaf) => place(leaf, which));
  const body = turn(0);
  if (count > 1) {
    const moves = loopMoves(body, turn(1));
    const loop = { length, count, moves, moved: moves.length / 2, share, scratch: copies };
    emit("loop", loop as never);
  }
  for (const { name, args, barrier } of body) emit(name, args as never, barrier);
}
