import { createEngine, type Engine, type EngineOptions } from "@loam/kernels-as";
import { sizeOf } from "../../src/graph/shape.js";
import { reachable, type Tensor } from "../../src/graph/tensor.js";
import { Machine } from "../../src/program/machine.js";
import { type Assign, planned } from "../../src/program/plan.js";
import { isLeaf } from "../../src/program/step.js";

/** Runs graphs through plan and interpreter on an engine that they share, which is quicker than one for each. */
export class GraphRunner {
  readonly #machine: Machine;
  readonly #words: { readonly step: number; readonly seed: number };

  private constructor(
    readonly engine: Engine,
    machine: Machine,
    words: { step: number; seed: number },
  ) {
    this.#machine = machine;
    this.#words = words;
  }

  static async create(options: EngineOptions = { threads: 1 }): Promise<GraphRunner> {
    const engine = await createEngine(options);
    const words = { step: await engine.allocate(8), seed: await engine.allocate(8) };
    return new GraphRunner(engine, await Machine.create(engine, {}), words);
  }

  /** Leaves in row-major order in, outputs in row-major order out; behind them what each leaf that is assigned to holds then. */
  async run(
    outputs: readonly Tensor[],
    leaves: ReadonlyMap<Tensor, Float32Array | Uint32Array>,
    assigns: readonly Assign[] = [],
  ): Promise<Float32Array[]> {
    const places = new Map<Tensor, { address: number; layout: undefined }>();
    const roots = [...outputs, ...assigns.flatMap(({ to, value }) => [to, value])];
    for (const leaf of reachable(roots).filter(isLeaf)) {
      const address = await this.engine.allocate(4 * Math.max(1, sizeOf(leaf.shape)));
      await this.engine.write(address, leaves.get(leaf)!);
      places.set(leaf, { address, layout: undefined });
    }
    const request = { ...this.#machine.planning, outputs, assigns, places, words: this.#words };
    const program = await this.#machine.load(await planned(request));
    await this.engine.run(program.address);
    const made = outputs.map((output) => [output, program.plan.addressOf(output, program.arena)] as const);
    const kept = assigns.map(({ to }) => [to, places.get(to)!.address] as const);
    return Promise.all(
      [...made, ...kept].map(([{ shape }, address]) => this.#machine.readF32(address, sizeOf(shape))),
    );
  }

  /** Sets the step and the seed that random ops see. */
  async setCounters(step: number, seed: number): Promise<void> {
    await this.engine.write(this.#words.step, Uint32Array.of(step, 0));
    await this.engine.write(this.#words.seed, Uint32Array.of(seed, 0));
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}
