import { add } from "../ops/add.js";
import { scale } from "../ops/scale.js";
import type { Machine } from "./machine.js";
import type { UpdateRequest } from "./model-programs.js";
import type { OptimizerState } from "./optimizer-state.js";
import { overBlock } from "./over-block.js";
import { Words } from "./words.js";

/** One micro-batch of a step. */
export interface BatchPart {
  /** Its share of the step's samples. */
  readonly share: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Counts of micro-batches in place of steps, so that what is random differs between those of a step. */
const counts = new WeakMap<Machine, Promise<Words>>();

/** The words that a machine counts micro-batches in. */
export function partWords(machine: Machine): Promise<Words> {
  const known = counts.get(machine) ?? Words.create(machine, 0);
  counts.set(machine, known);
  return known;
}

/** Where gradients are added up, a block as theirs. */
const sums = new WeakMap<OptimizerState, Promise<number>>();

/**
 * The end of a program over a micro-batch: Σ shareᵢ·gᵢ grows by its own gradient, and behind the last it is the gradient that `guard` and the update see.
 */
export async function accumulateGradients(
  state: OptimizerState,
  { share, isFirst, isLast }: BatchPart,
  guard?: UpdateRequest["emit"],
): Promise<UpdateRequest> {
  const { blocks, update } = state;
  const { words, machine, elements, keep } = blocks;
  const { gradients, frozen } = update;
  const known = sums.get(state) ?? machine.allocate(4 * elements, true).then(keep);
  sums.set(state, known);
  const sum = await known;
  const to = isLast ? gradients : sum;
  const from = isFirst ? [gradients] : [sum, gradients];
  const grow = await overBlock(blocks, to, from, (...parts) => {
    const own = scale(parts.at(-1)!, share);
    return isFirst ? own : add(parts[0]!, own);
  });
  return {
    ...{ gradients, frozen },
    emit(emit) {
      grow(emit);
      if (!isLast) return;
      guard?.(emit);
      update.emit(emit);
      // The step itself, where its parts have advanced a count of their own.
      emit("advance", { step: words.step, position: words.position, by: 0, tick: words.tick });
    },
  };
}
