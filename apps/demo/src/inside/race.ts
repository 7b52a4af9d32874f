import { optimizerTable } from "@loam/kernels-as";
import type { KernelOptimizer } from "@loam/nn";
import { makeOptimizer } from "../train/network.js";
import { OPTIMIZERS, type OptimizerName } from "../train/settings.js";
import type { Landscape } from "./landscapes.js";
import type { Call, Workbench } from "./workbench.js";

/** Bytes from one racer's numbers to the next one's: each block stands on its own cache line. */
const LINE = 64;
const POINTS = OPTIMIZERS.length;

interface Racer {
  readonly optimizer: KernelOptimizer;
  readonly scalars: number;
  readonly slots: readonly number[];
}

/**
 * All optimizers at once on one landscape. Each is the library's own object; its update kernel moves two parameters, x and y. The program holds
 * one instruction a racer, so that a step of the race is one run.
 */
export class Race {
  /** Where each racer has been, x and y one after the other. */
  readonly ways: Readonly<Record<OptimizerName, number[]>>;
  step = 0;
  readonly #bench: Workbench;
  readonly #landscape: Landscape;
  readonly #params: number;
  readonly #grads: number;
  readonly #stepWord: number;
  readonly #racers: readonly Racer[];
  readonly #update: readonly Call[];

  private constructor(
    bench: Workbench,
    landscape: Landscape,
    addresses: { params: number; grads: number; step: number },
    racers: readonly Racer[],
    update: readonly Call[],
    start: readonly [number, number],
  ) {
    this.#bench = bench;
    this.#landscape = landscape;
    this.#params = addresses.params;
    this.#grads = addresses.grads;
    this.#stepWord = addresses.step;
    this.#racers = racers;
    this.#update = update;
    this.ways = Object.fromEntries(OPTIMIZERS.map((name) => [name, [...start]])) as unknown as Record<
      OptimizerName,
      number[]
    >;
  }

  /** Puts all racers at the start, without any memory of an earlier race. */
  static async prepare(
    bench: Workbench,
    landscape: Landscape,
    rates: Readonly<Record<OptimizerName, number>>,
    start: readonly [number, number],
  ): Promise<Race> {
    const params = await bench.block("params", POINTS * LINE);
    const grads = await bench.block("grads", POINTS * LINE);
    const step = await bench.block("step", LINE);
    const table = await bench.block("table", LINE);
    await bench.write(table, optimizerTable([{ offset: 0, length: 2 }]));
    const racers: Racer[] = [];
    const calls: Call[] = [];
    for (const [i, name] of OPTIMIZERS.entries()) {
      const optimizer = makeOptimizer(name, rates[name]);
      const scalars = await bench.block(`${name} scalars`, LINE);
      await bench.write(scalars, Float64Array.from(optimizer.kernelScalars(rates[name])));
      const slots: number[] = [];
      for (const slot of optimizer.slots) {
        const address = await bench.block(`${name} ${slot}`, LINE);
        await bench.write(address, new Float32Array(2).fill(optimizer.slotStart(slot)));
        slots.push(address);
      }
      const named = Object.fromEntries(optimizer.slots.map((slot, k) => [slot, slots[k]!]));
      calls.push([
        optimizer.kernel,
        {
          // What a kernel without that slot takes for it.
          velocity: 0,
          ...optimizer.flags,
          ...named,
          params: params + i * LINE,
          grads: grads + i * LINE,
          scalars,
          step,
          table,
          count: 1,
        },
      ]);
      racers.push({ optimizer, scalars, slots });
    }
    const points = new Float32Array((POINTS * LINE) / 4);
    for (let i = 0; i < POINTS; i++) points.set(start, (i * LINE) / 4);
    await bench.write(params, points);
    return new Race(bench, landscape, { params, grads, step }, racers, calls, start);
  }

  /** Gives one racer another learning rate from here on. */
  async setRate(name: OptimizerName, rate: number): Promise<void> {
    const { optimizer, scalars } = this.#racers[OPTIMIZERS.indexOf(name)]!;
    await this.#bench.write(scalars, Float64Array.from(optimizer.kernelScalars(rate)));
  }

  /** One step of every racer. */
  async advance(): Promise<void> {
    const grads = new Float32Array((POINTS * LINE) / 4);
    OPTIMIZERS.forEach((name, i) => {
      const way = this.ways[name];
      const gradient = this.#landscape.gradient(way.at(-2)!, way.at(-1)!);
      grads.set(gradient.map(finite), (i * LINE) / 4);
    });
    await this.#bench.write(this.#grads, grads);
    await this.#bench.write(this.#stepWord, Uint32Array.of(this.step, 0));
    await this.#bench.run(this.#update);
    const points = await this.#bench.readFloats(this.#params, (POINTS * LINE) / 4);
    OPTIMIZERS.forEach((name, i) => {
      this.ways[name].push(points[(i * LINE) / 4]!, points[(i * LINE) / 4 + 1]!);
    });
    this.step += 1;
  }
}

/** Who has left the world goes nowhere any more. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
