import type { OptimizerRange } from "@loam/kernels-as";
import type { Lowering } from "../graph/op.js";
import type { Machine } from "./machine.js";
import type { StepNumbers } from "./step-numbers.js";
import type { Words } from "./words.js";

/** Where an update finds and leaves what it is about: flat blocks of one layout. */
export interface UpdateBlocks {
  readonly weights: number;
  readonly gradients: number;
  readonly slots: ReadonlyMap<string, number>;
}

/** An update as a program ends with it. */
export interface Update {
  readonly numbers: StepNumbers;
  /** The numbers of a step, counted from 0. */
  numbersOf(step: number): readonly number[];
  emit(emit: Lowering["emit"]): void;
}

/** Keeps an address to be given back in the end. */
export type Keep = (address: number) => number;

/** What it takes to make one. */
export interface UpdatePlaces {
  readonly machine: Machine;
  readonly words: Words;
  readonly blocks: UpdateBlocks;
  /** What it goes over: elements of the blocks. */
  readonly ranges: readonly OptimizerRange[];
  /** Is told of every block of memory that it takes. */
  readonly keep: Keep;
}
