import {
  costs,
  type Engine,
  type EngineOptions,
  ProgramWriter,
  type RunResult,
  startEngine,
} from "@loam/kernels-as";
import { InternalError, PlatformError } from "../errors.js";
import { Allocator } from "./allocator.js";
import type { Instruction } from "./instructions.js";
import { kernelPlanning } from "./kernel-planning.js";
import type { Plan, PlanRequest } from "./plan.js";
import { Queue } from "./queue.js";

export type { Engine, EngineOptions } from "@loam/kernels-as";

/** A program in memory, ready to run. */
export interface Program {
  readonly address: number;
  readonly plan: Plan;
  readonly arena: number;
  /** How many of the engine's threads run it: 1 for a program too small to be worth sharing. */
  readonly threads: number;
  readonly instructions: readonly Instruction[];
}

interface Block {
  address: number;
  bytes: number;
}

/** A program of fewer multiply-adds than this stays on one thread: waking the others would cost more than they save. */
const SHARED_FROM = 1_000_000;

const CONSTANTS = 256;

const pools = new WeakMap<Engine, Allocator>();

/**
 * An engine with what every program on it needs: constants, one arena of intermediates that all programs use in turn, and a queue that
 * lets one user at a time at the arena. The only room of nn that knows addresses.
 */
export class Machine {
  readonly #engine: Engine;
  readonly #owned: boolean;
  readonly #pool: Allocator;
  /** What this machine took of the pool and has not given back. */
  readonly #blocks = new Set<number>();
  #closed = false;
  readonly #constants = new Map<number, number>();
  #constantsAt = 0;
  #unwritten = false;
  readonly #arena: Block = { address: 0, bytes: 0 };
  readonly #batch: Block = { address: 0, bytes: 0 };
  readonly #growing = new Queue();
  readonly #queue = new Queue();

  private constructor(engine: Engine, owned: boolean) {
    this.#engine = engine;
    this.#pool = poolOf(engine);
    this.#owned = owned;
  }

  /** @param full whether an engine of its own is to begin with the full binary: quicker where programs will need it */
  static async create(engine: Engine | undefined, options: EngineOptions, full = false): Promise<Machine> {
    const used = engine ?? (await startEngine(options, full));
    const machine = new Machine(used, engine === undefined);
    machine.#constantsAt = await machine.allocate(4 * CONSTANTS);
    return machine;
  }

  /** @throws {PlatformError} `closed`: an engine that is shared goes on, but what was here is somebody else's. */
  get engine(): Engine {
    if (!this.#closed) return this.#engine;
    throw new PlatformError("closed", "The model was closed while it was at work; await that before.");
  }

  /** A block that `free` takes back. What it holds at first is not said, unless zeros are asked for. */
  async allocate(bytes: number, zeros = false): Promise<number> {
    const address = await (this.engine && this.#pool.allocate(bytes, zeros));
    this.#blocks.add(address);
    // Closed meanwhile.
    if (this.#closed) this.free(address);
    return this.engine && address;
  }

  free(address: number): void {
    // A machine that is closed has given back all.
    if (this.#blocks.delete(address)) this.#pool.free(address);
  }

  /** What plans on this machine need to know of it. */
  get planning(): Pick<PlanRequest, "planning" | "constant"> {
    return {
      planning: kernelPlanning(this.engine),
      constant: (value) => this.#constant(value),
    };
  }

  /** Gives a plan its arena and writes its instructions into memory. */
  async load(plan: Plan): Promise<Program> {
    const arena = await this.#room(this.#arena, plan.arenaBytes);
    const instructions = plan.instructions(arena);
    const writer = new ProgramWriter();
    for (const { name, args, barrier } of instructions) writer.emit(name, args as never, barrier);
    writer.emit("end", {});
    if (!writer.core) await this.engine.loadFull();
    const address = await this.allocate(writer.bytes);
    await this.engine.write(address, writer.finish(address));
    if (this.#unwritten) {
      await this.engine.write(this.#constantsAt, Float32Array.from(this.#constants.keys()));
      this.#unwritten = false;
    }
    const threads = costOf(instructions) < SHARED_FROM ? 1 : this.engine.threads;
    return { address, plan, arena, threads, instructions };
  }

  /** Gives back a program that will not run again. */
  unload({ address }: Program): void {
    this.free(address);
  }

  /** Where programs have their batch: one block for all, used in turn as the arena is. */
  batch(bytes: number): Promise<number> {
    return this.#room(this.#batch, bytes);
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

  /** Closes the engine, or gives back to one from outside what was taken of it, once the task that is going on is over. */
  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#owned) await this.#engine.close();
    else
      await this.exclusive(async () => {
        this.#closed = true;
        for (const address of [...this.#blocks]) this.free(address);
      });
  }

  /**
   * The address of a block with room for so many bytes. One that is too small is left to the programs that know it, for one of at least twice
   * its size: so all that are left are together no larger than the one in use.
   */
  #room(block: Block, bytes: number): Promise<number> {
    return this.#growing.run(async () => {
      if (bytes <= block.bytes) return block.address;
      const grow = async (size: number) =>
        Object.assign(block, { address: await this.allocate(size), bytes: size });
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

/** One pool for all machines on an engine: what one model gives back another may have. */
function poolOf(engine: Engine): Allocator {
  const known = pools.get(engine);
  if (known) return known;
  const pool = new Allocator(
    (bytes) => engine.allocate(bytes),
    (address, bytes) => engine.write(address, new Uint8Array(bytes)),
  );
  pools.set(engine, pool);
  return pool;
}

/** What a program costs, in multiply-adds. */
export function costOf(instructions: readonly Instruction[]): number {
  let total = 0;
  // How often what comes next is run, up to where; loops lie in each other.
  const loops = [{ times: 1, end: instructions.length }];
  instructions.forEach(({ name, args }, i) => {
    while (loops.at(-1)!.end <= i) loops.pop();
    const { times } = loops.at(-1)!;
    total += times * costs[name](args as never);
    const { count, length } = args as { count: number; length: number };
    if (name === "loop") loops.push({ times: times * count, end: i + 1 + length });
  });
  return total;
}
