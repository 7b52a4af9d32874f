import {
  costs,
  createEngine,
  type Engine,
  type EngineOptions,
  ProgramWriter,
  type RunResult,
} from "@loam/kernels-as";
import { InternalError } from "../errors.js";
import { Allocator } from "./allocator.js";
import type { Instruction } from "./instructions.js";
import { kernelPlanning } from "./kernel-planning.js";
import type { Plan, PlanRequest } from "./plan.js";
import { Queue } from "./queue.js";

/** A program in memory, ready to run. */
export interface Program {
  readonly address: number;
  readonly plan: Plan;
  readonly arena: number;
  /** How many of the engine's threads run it: 1 for a program too small to be worth sharing. */
  readonly threads: number;
  readonly instructions: readonly Instruction[];
  /** What `unload` gives back: the program and what was made for it alone. */
  readonly blocks: readonly number[];
}

interface Block {
  address: number;
  bytes: number;
}

/** A program of fewer multiply-adds than this stays on one thread: waking the others would cost more than they save. */
const SHARED_FROM = 1_000_000;

const CONSTANTS = 256;

/**
 * An engine with what every program on it needs: constants, one arena of intermediates that all programs use in turn, and a queue that
 * lets one user at a time at the arena. The only room of nn that knows addresses.
 */
export class Machine {
  readonly engine: Engine;
  /** Blocks that are given back when their owner goes: data and programs. They are not zeroed. */
  readonly pool: Allocator;
  readonly #owned: boolean;
  readonly #constants = new Map<number, number>();
  readonly #constantsAt: number;
  #unwritten = false;
  readonly #arena: Block = { address: 0, bytes: 0 };
  readonly #inputs: Block = { address: 0, bytes: 0 };
  readonly #growing = new Queue();
  readonly #queue = new Queue();

  private constructor(engine: Engine, owned: boolean, constantsAt: number) {
    this.engine = engine;
    this.pool = new Allocator((bytes) => engine.allocate(bytes));
    this.#owned = owned;
    this.#constantsAt = constantsAt;
  }

  static async create(engine: Engine | undefined, options: EngineOptions): Promise<Machine> {
    const used = engine ?? (await createEngine(options));
    return new Machine(used, engine === undefined, await used.allocate(4 * CONSTANTS));
  }

  /** What plans on this machine need to know of it. */
  get planning(): Pick<PlanRequest, "planning" | "constant"> {
    return {
      planning: kernelPlanning(this.engine),
      constant: (value) => this.#constant(value),
    };
  }

  /** Gives a plan its arena and writes its instructions into memory. `blocks` of the pool are the program's from then on. */
  async load(plan: Plan, blocks: readonly number[] = []): Promise<Program> {
    const arena = await this.#room(this.#arena, plan.arenaBytes);
    const instructions = plan.instructions(arena);
    const writer = new ProgramWriter();
    for (const { name, args } of instructions) writer.emit(name, args as never);
    writer.emit("end", {});
    const address = await this.pool.allocate(writer.bytes);
    await this.engine.write(address, writer.finish(address));
    if (this.#unwritten) {
      await this.engine.write(this.#constantsAt, Float32Array.from(this.#constants.keys()));
      this.#unwritten = false;
    }
    const threads = costOf(instructions) < SHARED_FROM ? 1 : this.engine.threads;
    return { address, plan, arena, threads, instructions, blocks: [address, ...blocks] };
  }

  /** Gives back a program that will not run again. */
  unload({ blocks }: Program): void {
    for (const block of blocks) this.pool.free(block);
  }

  /** Where predictions get their inputs: one block for all, used in turn as the arena is. */
  inputs(bytes: number): Promise<number> {
    return this.#room(this.#inputs, bytes);
  }

  run(program: Program, times = 1, budget?: number): Promise<RunResult> {
    const options = { threads: program.threads };
    return this.engine.run(program.address, times, budget === undefined ? options : { ...options, budget });
  }

  /** Runs `task` when all tasks before it are done: whoever runs programs or reads their results does so in here. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.#queue.run(task);
  }

  async readF32(address: number, elements: number): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array((await this.engine.read(address, 4 * elements)).buffer);
  }

  /** Closes the engine unless it was given from outside. */
  async close(): Promise<void> {
    if (this.#owned) await this.engine.close();
  }

  /**
   * The address of a block with room for so many bytes. One that is too small is left to the programs that know it, for one of at least twice
   * its size: so all that are left are together no larger than the one in use.
   */
  #room(block: Block, bytes: number): Promise<number> {
    return this.#growing.run(async () => {
      if (bytes <= block.bytes) return block.address;
      const { engine } = this;
      const grow = async (size: number) =>
        Object.assign(block, { address: await engine.allocate(size), bytes: size });
      // Where there is no room for twice as much there may be for what is needed.
      await grow(Math.max(bytes, 2 * block.bytes)).catch(() => grow(bytes));
      return block.address;
    });
  }

  #constant(value: number): number {
    const narrowed = Math.fround(value);
    let index = this.#constants.get(narrowed);
    if (index === undefined) {
      index = this.#constants.size;
      if (index >= CONSTANTS) throw new InternalError("constants", "a program has too many constants.");
      this.#constants.set(narrowed, index);
      this.#unwritten = true;
    }
    return this.#constantsAt + 4 * index;
  }
}

/** What a program costs, in multiply-adds. */
export function costOf(instructions: readonly Instruction[]): number {
  let total = 0;
  for (const { name, args } of instructions) total += costs[name](args as never);
  return total;
}
