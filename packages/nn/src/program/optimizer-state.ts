import type { OptimizerRange } from "@loam/kernels-as";
import { hasKernel } from "../optimizers/kernel-optimizer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { clipInOps } from "./clip-in-ops.js";
import type { Machine } from "./machine.js";
import type { UpdateRequest } from "./model-programs.js";
import type { ParameterStore } from "./parameter-store.js";
import type { Keep, Update } from "./update.js";
import { updateByKernel } from "./update-by-kernel.js";
import { updateInOps } from "./update-in-ops.js";
import type { Words } from "./words.js";

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
    clip: Update["emit"] | undefined,
    /** Gives its memory back: no program with its update will run again. */
    readonly free: () => void,
  ) {
    this.#update = update;
    this.update = {
      gradients,
      emit: (emit) => {
        update.numbers.emit(emit);
        clip?.(emit);
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
      const places = { machine, words, blocks, ranges, keep };
      // Who has a rule of their own means it, also where they took an optimizer with a kernel to begin with.
      const byKernel = hasKernel(optimizer) && !optimizer.update;
      const update = await (byKernel ? updateByKernel(optimizer, places) : updateInOps(optimizer, places));
      const clip = optimizer.clipping && (await clipInOps(optimizer.clipping, places));
      return new OptimizerState(optimizer, slots, gradients, update, clip, free);
    } catch (error) {
      free();
      throw error;
    }
  }
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
