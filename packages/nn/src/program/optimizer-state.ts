import { type OptimizerRange, optimizerTable } from "@loam/kernels-as";
import { InternalError } from "../errors.js";
import type { Instructions, Lowering } from "../graph/op.js";
import { KernelOptimizer } from "../optimizers/kernel-optimizer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Machine } from "./machine.js";
import type { UpdateRequest } from "./model-programs.js";
import type { ParameterStore } from "./parameter-store.js";
import { StepNumbers } from "./step-numbers.js";
import { scalarsOf, type UpdateBlocks, updateInOps } from "./update-in-ops.js";
import type { Words } from "./words.js";

/** An update as a program ends with it. */
interface Update {
  readonly numbers: StepNumbers;
  /** The numbers of a step, counted from 0. */
  numbersOf(step: number): readonly number[];
  emit(emit: Lowering["emit"]): void;
}

/** Keeps an address to be given back in the end. */
type Keep = (address: number) => number;

let nextId = 0;

/** Gradients, the optimizer's slots and what its update needs besides, in memory beside the parameters. */
export class OptimizerState {
  readonly update: UpdateRequest;
  /** Tells this state's programs from those of an earlier optimizer. */
  readonly id = nextId++;
  /** Steps that the model had been trained before this optimizer's first. */
  startStep = 0;

  readonly #update: Update;

  private constructor(
    readonly optimizer: Optimizer,
    readonly slots: ReadonlyMap<string, number>,
    gradients: number,
    update: Update,
    /** Gives its memory back: no program with its update will run again. */
    readonly free: () => void,
  ) {
    this.#update = update;
    this.update = {
      gradients,
      emit: (emit) => {
        update.numbers.emit(emit);
        update.emit(emit);
      },
    };
  }

  /**
   * Hands over the numbers of the next `times` steps, at most `SLICE_STEPS`, of which the optimizer's first is step 0.
   * @throws {ConfigError} `optimizer-scalars`
   */
  beginSlice(step: number, times: number): Promise<void> {
    const { numbers, numbersOf } = this.#update;
    return numbers.beginSlice(times, (run) => numbersOf(step + run));
  }

  /** @throws {ConfigError} {ShapeError} for an update in ops that is not what it is to be; see `updateInOps`. */
  static async create(
    machine: Machine,
    store: ParameterStore,
    block: number,
    words: Words,
    optimizer: Optimizer,
    frozen: ReadonlySet<string>,
  ): Promise<OptimizerState> {
    const kept: number[] = [];
    const keep: Keep = (address) => {
      kept.push(address);
      return address;
    };
    const free = () => {
      for (const address of kept) machine.free(address);
    };
    try {
      const gradients = keep(await store.allocateBlock());
      const slots = new Map<string, number>();
      for (const slot of optimizer.slots) {
        const address = keep(await store.allocateBlock());
        const start = optimizer.slotStart(slot);
        if (start !== 0) await machine.engine.write(address, new Float32Array(store.elements).fill(start));
        slots.set(slot, address);
      }
      const blocks = { weights: block, gradients, slots };
      const ranges = rangesOf(store, optimizer, frozen);
      // Who has a rule of their own means it, also where they took an optimizer with a kernel to begin with.
      const make = optimizer.update ? updateByOps : updateByKernel;
      const update = await make(machine, optimizer, blocks, ranges, words, keep);
      return new OptimizerState(optimizer, slots, gradients, update, free);
    } catch (error) {
      free();
      throw error;
    }
  }
}

async function updateByKernel(
  machine: Machine,
  optimizer: Optimizer,
  { weights, gradients, slots }: UpdateBlocks,
  ranges: readonly OptimizerRange[],
  words: Words,
  keep: Keep,
): Promise<Update> {
  if (!(optimizer instanceof KernelOptimizer)) {
    throw new InternalError("no-update", `${optimizer.name} has neither a kernel nor an update.`);
  }
  const entries = optimizerTable(ranges);
  const table = keep(await machine.allocate(entries.byteLength));
  await machine.engine.write(table, entries);
  const numbersOf = (step: number) => optimizer.kernelScalars(optimizer.learningRateAt(step));
  const numbers = await StepNumbers.create(machine, words, "f64", numbersOf(0).length);
  keep(numbers.row);
  return {
    ...{ numbers, numbersOf },
    emit: (emit) =>
      // An optimizer's slots and flags are called as its instruction's arguments.
      emit(optimizer.kernel, {
        params: weights,
        grads: gradients,
        velocity: 0,
        ...Object.fromEntries(slots),
        scalars: numbers.row,
        step: words.step,
        table,
        count: ranges.length,
        ...optimizer.flags,
      } as unknown as Instructions[KernelOptimizer["kernel"]]),
  };
}

async function updateByOps(
  machine: Machine,
  optimizer: Optimizer,
  blocks: UpdateBlocks,
  ranges: readonly OptimizerRange[],
  words: Words,
  keep: Keep,
): Promise<Update> {
  const names = Object.keys(optimizer.scalars(0));
  const numbers = await StepNumbers.create(machine, words, "f32", names.length);
  keep(numbers.row);
  const scalars = new Map(names.map((name, i) => [name, numbers.row + 4 * i]));
  const trained = ranges.filter(({ frozen }) => !frozen);
  const plan = updateInOps(machine, optimizer, blocks, scalars, trained, words);
  const arena = plan.arenaBytes > 0 ? keep(await machine.allocate(plan.arenaBytes)) : 0;
  return {
    ...{ numbers, numbersOf: (step) => scalarsOf(optimizer, names, step) },
    emit: (emit) => {
      for (const { name, args } of plan.instructions(arena)) emit(name, args as never);
    },
  };
}

/** What an update walks: ranges of elements with their settings; neighbours with the same settings are one. */
function rangesOf(
  store: ParameterStore,
  { weightDecay }: Optimizer,
  frozen: ReadonlySet<string>,
): OptimizerRange[] {
  const ranges: { offset: number; length: number; frozen: boolean; weightDecay: number }[] = [];
  for (const { name, offset, length } of store.ranges()) {
    const last = ranges.at(-1);
    if (last && last.frozen === frozen.has(name)) last.length = offset + length - last.offset;
    else ranges.push({ offset, length, frozen: frozen.has(name), weightDecay });
  }
  return ranges;
}
