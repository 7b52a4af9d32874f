import { NumericError } from "../errors.js";
import type { Lowering } from "../graph/op.js";
import { input } from "../ops/leaves.js";
import { sum } from "../ops/reductions.js";
import { sub } from "../ops/sub.js";
import { emitterOf } from "../program/emitter.js";
import type { OptimizerState } from "../program/optimizer-state.js";
import { planned } from "../program/plan.js";
import type { Callback } from "./callback.js";
import { requireFiniteWeights } from "./finite-weights.js";
import type { EndedEpoch, LostStep, Recovery } from "./recovery.js";
import type { Runtime } from "./runtime.js";

interface Guard {
  /** Of a number that is 0 when all gradients are finite, and NaN otherwise. */
  readonly address: number;
  readonly emit: (emit: Lowering["emit"]) => void;
}

const guards = new WeakMap<OptimizerState, Promise<Guard>>();

/** Passes over steps whose loss or gradients are not finite: weights and the optimizer's numbers stay as they were. */
export class SkipSteps implements Recovery {
  readonly mendsWeights = false;
  readonly goesOn = true;
  unseen = 0;
  lost = 0;
  /** In this epoch. */
  #lostHere = 0;
  #guard: Guard | undefined;

  constructor(private readonly runtime: Runtime) {}

  readonly callback: Callback = {
    name: "onNaN",
    state: () => ({ unseen: this.unseen, lost: this.lost, lostHere: this.#lostHere }),
    restore: (state) => {
      const { unseen, lost, lostHere } = state as { unseen: number; lost: number; lostHere: number };
      [this.unseen, this.lost, this.#lostHere] = [unseen, lost, lostHere];
    },
  };

  async guard(state: OptimizerState): Promise<Guard["emit"]> {
    const known = guards.get(state) ?? makeGuard(state);
    guards.set(state, known);
    this.#guard = await known;
    return this.#guard.emit;
  }

  async guarded(): Promise<boolean> {
    const { machine } = this.runtime;
    const { address } = this.#guard!;
    const [mark] = await machine.readF32(address, 1);
    await machine.engine.write(address, new Float32Array(1));
    return Number.isNaN(mark);
  }

  async begin(): Promise<void> {}

  async passOver({ samples, isSeen, steps, taken }: LostStep): Promise<number> {
    // There is nothing to go on with then.
    requireFiniteWeights(await this.runtime.readWeights(), steps - 1);
    this.lost++;
    this.#lostHere++;
    if (!isSeen) this.unseen += samples;
    return taken;
  }

  async epochEnd({ epoch, steps, taken }: EndedEpoch): Promise<number> {
    if (this.#lostHere >= steps) {
      throw new NumericError(
        "every-step-skipped",
        `fit: every step of epoch ${epoch} was skipped, since its loss or gradients were not finite; lower the learning rate, or look at the data.`,
      );
    }
    [this.unseen, this.#lostHere] = [0, 0];
    return taken;
  }
}

/** A look at all gradients: Σ (g − g). */
async function makeGuard({ blocks, update }: OptimizerState): Promise<Guard> {
  const { machine, words, elements, keep } = blocks;
  const address = keep(await machine.allocate(64, true));
  const gradients = input("gradients", [elements]);
  const mark = sum(sub(gradients, gradients));
  const places = new Map([
    [gradients, { address: update.gradients, layout: undefined }],
    [mark, { address, layout: undefined }],
  ]);
  const look = await emitterOf(await planned({ ...machine.planning, outputs: [mark], places, words }), {
    machine,
    keep,
  });
  return {
    address,
    emit(emit) {
      look(emit);
      emit("stop_if_not_finite", { x: address });
    },
  };
}
