import { type OptimizerRange, optimizerTable } from "@loam/kernels-as";
import type { Instructions } from "../graph/op.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Machine } from "./machine.js";
import type { UpdateRequest } from "./model-programs.js";
import type { ParameterStore } from "./parameter-store.js";
import type { Words } from "./words.js";

let nextId = 0;

/** Gradients, the optimizer's slots and its table of ranges, in memory beside the parameters. */
export class OptimizerState {
  readonly update: UpdateRequest;
  /** Tells this state's programs from those of an earlier optimizer. */
  readonly id = nextId++;
  /** Steps that the model had been trained before this optimizer's first. */
  startStep = 0;

  readonly #release: () => void;

  private constructor(
    readonly optimizer: Optimizer,
    readonly slots: ReadonlyMap<string, number>,
    update: UpdateRequest,
    release: () => void,
  ) {
    this.update = update;
    this.#release = release;
  }

  /** Gives its memory back: no program with its update will run again. */
  free(): void {
    this.#release();
  }

  static async create(
    machine: Machine,
    store: ParameterStore,
    block: number,
    words: Words,
    optimizer: Optimizer,
    frozen: ReadonlySet<string>,
  ): Promise<OptimizerState> {
    const gradients = await store.allocateBlock();
    const slots = new Map<string, number>();
    for (const slot of optimizer.slots) {
      const address = await store.allocateBlock();
      const start = optimizer.slotStart?.(slot) ?? 0;
      if (start !== 0) await machine.engine.write(address, new Float32Array(store.elements).fill(start));
      slots.set(slot, address);
    }
    const ranges = rangesOf(store, optimizer, frozen);
    const entries = optimizerTable(ranges);
    const count = ranges.length;
    const table = await machine.allocate(entries.byteLength);
    await machine.engine.write(table, entries);
    const update: UpdateRequest = {
      gradients,
      emit: (emit) => {
        emit("load_f64", { to: words.scalars, table: words.table, tick: words.tick });
        // An optimizer's slots and flags are called as its instruction's arguments.
        emit(optimizer.kernel, {
          params: block,
          grads: gradients,
          velocity: 0,
          ...Object.fromEntries(slots),
          scalars: words.scalars,
          step: words.step,
          table,
          count,
          ...optimizer.flags,
        } as unknown as Instructions[Optimizer["kernel"]]);
      },
    };
    const blocks = [gradients, ...slots.values(), table];
    return new OptimizerState(optimizer, slots, update, () => {
      for (const block of blocks) machine.free(block);
    });
  }
}

/** What the update kernel walks: ranges of elements with their settings; neighbours with the same settings are one. */
function rangesOf(
  store: ParameterStore,
  { weightDecay = 0 }: Optimizer,
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
