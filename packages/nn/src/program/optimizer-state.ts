import type { OptimizerRange } from "@loam/kernels-as";
import { hasKernel } from "../optimizers/kernel-optimizer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Average } from "./average-weights.js";
import type { Machine } from "./machine.js";
import type { UpdateRequest } from "./model-programs.js";
import type { BlocksAlike } from "./over-block.js";
import type { ParameterStore } from "./parameter-store.js";
import type { Keep, Update } from "./update.js";
import { updateByKernel } from "./update-by-kernel.js";
import type { Words } from "./words.js";

/** What a checkpoint calls it, among the optimizer's slots. */
const AVERAGE = "exponentialAverage";

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
    frozen: ReadonlySet<string>,
    update: Update,
    clip: Update["emit"] | undefined,
    readonly average: Average | undefined,
    readonly blocks: BlocksAlike,
    /** Gives its memory back: no program with its update will run again. */
    readonly free: () => void,
  ) {
    this.#update = update;
    this.update = {
      ...{ gradients, frozen },
      emit: (emit) => {
        update.numbers.emit(emit);
        clip?.(emit);
        update.emit(emit);
        average?.emit(emit);
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
      const ranges = await rangesOf(store, optimizer, frozen);
      const places = { machine, words, blocks, ranges, keep };
      // Who has a rule of their own means it, also where they took an optimizer with a kernel to begin with.
      const byKernel = hasKernel(optimizer) && !optimizer.update;
      const update = byKernel
        ? await updateByKernel(optimizer, places)
        : await (await import("./update-in-ops.js")).updateInOps(optimizer, places);
      const { clipping } = optimizer;
      const clip = clipping && (await (await import("./clip-in-ops.js")).clipInOps(clipping, places));
      const alike = { machine, words, elements: Math.max(16, store.elements), keep };
      const { emaMomentum = 0 } = optimizer;
      const average =
        emaMomentum > 0
          ? await (await import("./average-weights.js")).averageOf(alike, block, emaMomentum)
          : undefined;
      const all = average ? new Map([...slots, [AVERAGE, average.address]]) : slots;
      return new OptimizerState(optimizer, all, gradients, frozen, update, clip, average, alike, free);
    } catch (error) {
      free();
      throw error;
    }
  }
}

/**
 * What an update walks: ranges of elements with their settings. Neighbours with the same settings are one, unless the rule is of each tensor by
 * itself.
 */
async function rangesOf(
  store: ParameterStore,
  optimizer: Optimizer,
  frozen: ReadonlySet<string>,
): Promise<OptimizerRange[]> {
  const { weightDecay, groups, decayMatricesOnly, perTensor } = optimizer;
  const tensors = store.tensors.map(({ name, shape }) => ({ name, rank: shape.length }));
  const settings =
    groups.length > 0 || decayMatricesOnly
      ? (await import("./parameter-groups.js")).settingsByParameter(optimizer, tensors)
      : undefined;
  const ranges: { -readonly [key in keyof OptimizerRange]-?: OptimizerRange[key] }[] = [];
  for (const { name, offset, length } of store.ranges()) {
    const own = { learningRateFactor: 1, weightDecay, ...settings?.get(name), frozen: frozen.has(name) };
    const last = ranges.at(-1);
    const alike =
      last?.frozen === own.frozen &&
      last.weightDecay === own.weightDecay &&
      last.learningRateFactor === own.learningRateFactor;
    if (alike && !perTensor) last.length = offset + length - last.offset;
    else ranges.push({ offset, length, ...own });
  }
  return ranges;
}
