import { NumericError } from "../errors.js";
import { knowScaledRates, scaleRate } from "../optimizers/scale-rate.js";
import type { NamedValue } from "../program/parameter-store.js";
import type { Callback, Json } from "./callback.js";
import { requireFiniteWeights } from "./finite-weights.js";
import type { EndedEpoch, LostStep, Recovery } from "./recovery.js";
import type { Compiled, Runtime } from "./runtime.js";

/** What the learning rate is multiplied by each time, and how often: a thousandth of it is not the trouble any more. */
const FACTOR = 0.5;
const MOST = 10;

/** Weights and the optimizer's numbers as they were, when it had taken so many steps. */
interface Moment {
  readonly taken: number;
  readonly weights: readonly NamedValue[];
  readonly slots: ReadonlyMap<string, readonly NamedValue[]>;
}

interface State {
  readonly best: number | null;
  readonly times: number;
  readonly unseen: number;
  readonly lost: number;
  readonly good: number;
  readonly last: number | null;
}

/** Goes back to weights that were good, and on from there at half the learning rate. */
export class RollBack implements Recovery {
  readonly mendsWeights = true;
  unseen = 0;
  lost = 0;
  #times = 0;
  #best: number | null = null;
  /** What it goes back to; and what is it from the next epoch on, if that loses less than any before. */
  #good!: Moment;
  #last: Moment | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly compiled: Compiled,
  ) {
    knowScaledRates();
  }

  get goesOn(): boolean {
    return this.#times < MOST;
  }

  readonly callback: Callback = {
    name: "onNaN",
    state: () => {
      const { unseen, lost } = this;
      const places = { good: this.#good.taken, last: this.#last?.taken ?? null };
      return { best: this.#best, times: this.#times, unseen, lost, ...places };
    },
    tensors: () => [...tensorsOf("good", this.#good), ...(this.#last ? tensorsOf("last", this.#last) : [])],
    restore: (state: Json, tensors) => {
      const { best, times, unseen, lost, good, last } = state as unknown as State;
      [this.#best, this.#times, this.unseen, this.lost] = [best, times, unseen, lost];
      this.#good = momentOf("good", good, tensors);
      this.#last = last === null ? undefined : momentOf("last", last, tensors);
    },
  };

  async guarded(): Promise<boolean> {
    return false;
  }

  async begin(taken: number): Promise<void> {
    this.#good = await this.#read(taken);
    this.#last = this.#good;
  }

  async passOver({ samples, isSeen }: LostStep): Promise<number> {
    if (!isSeen) this.unseen += samples;
    return this.#goBack();
  }

  async epochEnd({ epoch, loss, isValidated, isSeen, taken }: EndedEpoch): Promise<number> {
    this.unseen = 0;
    // It went back at its last step, and tells nothing.
    if (!isValidated && !isSeen) return taken;
    const now = await this.#read(taken);
    if (!Number.isFinite(loss) || !areFinite(now.weights)) {
      if (this.goesOn) return this.#goBack();
      throw new NumericError(
        "not-finite",
        `fit: the loss or the weights of epoch ${epoch} are not finite, ${MOST} times lower learning rates notwithstanding; look at the data.`,
      );
    }
    const isBest = this.#best === null || loss < this.#best;
    if (isBest) this.#best = loss;
    // What steps lose tells of the weights before them: without validation data an epoch speaks for those that it began with.
    if (isValidated && isBest) this.#good = now;
    if (!isValidated) {
      if (isBest && this.#last) this.#good = this.#last;
      this.#last = now;
    }
    return taken;
  }

  async #goBack(): Promise<number> {
    const { runtime, compiled } = this;
    const { optimizer } = compiled;
    const { taken, weights, slots } = this.#good;
    this.lost++;
    this.#times++;
    this.#last = this.#good;
    await runtime.writeWeights(weights.map(({ data }) => data));
    for (const [name, block] of await runtime.slotsOf(optimizer))
      await runtime.writeSlot(
        block,
        slots.get(name)!.map(({ data }) => data),
      );
    scaleRate(optimizer, FACTOR);
    return taken;
  }

  async #read(taken: number): Promise<Moment> {
    const { runtime, compiled } = this;
    const slots = new Map<string, readonly NamedValue[]>();
    for (const [name, block] of await runtime.slotsOf(compiled.optimizer))
      slots.set(name, await runtime.readSlot(block));
    return { taken, weights: await runtime.readWeights(), slots };
  }
}

function areFinite(weights: readonly NamedValue[]): boolean {
  try {
    requireFiniteWeights(weights, 0);
    return true;
  } catch {
    return false;
  }
}

/** A moment's tensors under names that tell which they are: `good/weights/dense1/kernel`, `good/slots/velocity/dense1/kernel`. */
function tensorsOf(which: string, { weights, slots }: Moment): NamedValue[] {
  const under = (prefix: string, values: readonly NamedValue[]) =>
    values.map(({ name, ...value }) => ({ ...value, name: `${which}/${prefix}/${name}` }));
  return [
    ...under("weights", weights),
    ...[...slots].flatMap(([slot, values]) => under(`slots/${slot}`, values)),
  ];
}

function momentOf(which: string, taken: number, tensors: readonly NamedValue[]): Moment {
  const weights: NamedValue[] = [];
  const slots = new Map<string, NamedValue[]>();
  for (const { name, ...value } of tensors) {
    const [own, kind, ...rest] = name.split("/");
    if (own !== which) continue;
    if (kind === "weights") weights.push({ ...value, name: rest.join("/") });
    else {
      const [slot, ...parameter] = rest;
      slots.set(slot!, [...(slots.get(slot!) ?? []), { ...value, name: parameter.join("/") }]);
    }
  }
  return { taken, weights, slots };
}
