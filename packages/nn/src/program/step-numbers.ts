import type { Lowering } from "../graph/op.js";
import type { Machine } from "./machine.js";
import type { Words } from "./words.js";

/** The most steps that a slice of training runs: how many rows a table has. */
export const SLICE_STEPS = 1024;

/**
 * An optimizer's numbers that change from step to step without a new plan: a table with a row for every step of a slice, and the row of the
 * step that is going on, which its program copies from there.
 */
export class StepNumbers {
  /** Where the numbers of the step are: the beginning of its one block. */
  readonly row: number;
  readonly #machine: Machine;
  readonly #words: Words;
  readonly #table: number;
  readonly #values: Float32Array | Float64Array;
  readonly #width: number;

  private constructor(
    machine: Machine,
    words: Words,
    row: number,
    width: number,
    values: Float32Array | Float64Array,
  ) {
    this.#machine = machine;
    this.#words = words;
    this.row = row;
    this.#width = width;
    this.#values = values;
    // A cache line behind the row.
    this.#table = row + rowBytes(width * values.BYTES_PER_ELEMENT);
  }

  /** @param width How many numbers a step has. */
  static async create(
    machine: Machine,
    words: Words,
    type: "f32" | "f64",
    width: number,
  ): Promise<StepNumbers> {
    const values =
      type === "f32" ? new Float32Array(SLICE_STEPS * width) : new Float64Array(SLICE_STEPS * width);
    const row = await machine.allocate(rowBytes(width * values.BYTES_PER_ELEMENT) + values.byteLength, true);
    return new StepNumbers(machine, words, row, width, values);
  }

  emit(emit: Lowering["emit"]): void {
    const n = (this.#width * this.#values.BYTES_PER_ELEMENT) / 4;
    if (n > 0) emit("load_row", { to: this.row, table: this.#table, tick: this.#words.tick, n });
  }

  /** Writes the numbers of the next runs, at most `SLICE_STEPS`. */
  async beginSlice(times: number, numbersOf: (run: number) => readonly number[]): Promise<void> {
    for (let run = 0; run < times; run++) this.#values.set(numbersOf(run), run * this.#width);
    if (this.#width > 0) {
      await this.#machine.engine.write(this.#table, this.#values.subarray(0, times * this.#width));
    }
    await this.#words.beginSlice();
  }
}

/** Whole cache lines, so that the row shares none with the table. */
function rowBytes(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
