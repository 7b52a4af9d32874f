import type { Machine } from "./machine.js";

const OFFSETS = {
  step: 0,
  position: 8,
  tick: 12,
  seed: 16,
  lossSum: 24,
  correct: 32,
  found: 40,
} as const;
const BYTES = 64;
const FIRST = Uint32Array.of(0);

/** The words that change from step to step without a new plan: counters, sums of metrics, the place in a slice. */
export class Words {
  readonly step: number;
  readonly position: number;
  readonly tick: number;
  readonly seed: number;
  readonly lossSum: number;
  readonly correct: number;
  readonly found: number;
  readonly #machine: Machine;
  readonly #base: number;

  private constructor(machine: Machine, base: number) {
    this.#machine = machine;
    this.#base = base;
    this.step = base + OFFSETS.step;
    this.position = base + OFFSETS.position;
    this.tick = base + OFFSETS.tick;
    this.seed = base + OFFSETS.seed;
    this.lossSum = base + OFFSETS.lossSum;
    this.correct = base + OFFSETS.correct;
    this.found = base + OFFSETS.found;
  }

  static async create(machine: Machine, seed: number): Promise<Words> {
    const words = new Words(machine, await machine.allocate(BYTES, true));
    await machine.engine.write(words.seed, splitInteger(seed));
    return words;
  }

  /** These words, with the step and the place in a slice of others. */
  withStepOf({ step, tick }: Words): Words {
    return Object.assign(new Words(this.#machine, this.#base), { step, tick });
  }

  /** Where the next batch begins, and what the two sums are then. */
  async beginPass(position = 0, { lossSum = 0, correct = 0 } = {}): Promise<void> {
    await this.#machine.engine.write(this.position, Uint32Array.of(position, 0));
    await this.#machine.engine.write(this.lossSum, Float64Array.of(lossSum, correct));
  }

  /** Where the next batch begins, from now on. */
  async setPosition(position: number): Promise<void> {
    await this.#machine.engine.write(this.position, Uint32Array.of(position));
  }

  async setStep(step: number): Promise<void> {
    await this.#machine.engine.write(this.step, splitInteger(step));
  }

  /** The next run is the first of a slice. */
  async beginSlice(): Promise<void> {
    await this.#machine.engine.write(this.tick, FIRST);
  }

  /** Σ loss·samples and the number of samples told right since `beginPass`. */
  async sums(): Promise<{ lossSum: number; correct: number }> {
    const [lossSum, correct] = new Float64Array((await this.#machine.engine.read(this.lossSum, 16)).buffer);
    return { lossSum: lossSum!, correct: correct! };
  }
}

/** A safe integer of 0 or more as two 32-bit words, the lower first. */
function splitInteger(value: number): Uint32Array {
  return Uint32Array.of(value >>> 0, Math.floor(value / 0x1_0000_0000));
}
