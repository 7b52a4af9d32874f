import {
  createEngine,
  type Engine,
  type InstructionArguments,
  type InstructionName,
  ProgramWriter,
} from "@loam/kernels-as";

/** An instruction of the kernels with its arguments by name. */
export type Call = readonly [name: InstructionName, args: Readonly<Record<string, number>>];

/**
 * An engine for showing kernels one by one: a memory of its own, one thread, and programs of one or a few instructions. It is there at once;
 * what is asked of it before the engine has started waits in line.
 */
export class Workbench {
  readonly #engine: Promise<Engine> = createEngine({ threads: 1 });
  readonly #blocks = new Map<string, { readonly address: number; readonly bytes: number }>();
  readonly #programs = new Map<string, number>();
  #last: Promise<unknown>;

  constructor() {
    this.#last = this.#engine;
  }

  /**
   * Does one piece of work after the other, in the order in which they were asked for: pieces share the blocks, and each consists of several
   * messages to the engine.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const result = this.#engine.then(() => before.catch(() => {})).then(work);
    this.#last = result;
    return result;
  }

  /** The address of a block of at least so many bytes; asked for again under the same name, it is the same as long as it is large enough. */
  async block(name: string, bytes: number): Promise<number> {
    const known = this.#blocks.get(name);
    if (known && known.bytes >= bytes) return known.address;
    const address = await (await this.#engine).allocate(bytes);
    this.#blocks.set(name, { address, bytes });
    return address;
  }

  /** Runs some instructions once; their program is written when they are first met. */
  async run(calls: readonly Call[]): Promise<void> {
    const engine = await this.#engine;
    const key = JSON.stringify(calls);
    let program = this.#programs.get(key);
    if (program === undefined) {
      const writer = new ProgramWriter();
      for (const [name, args] of calls) writer.emit(name, args as InstructionArguments<typeof name>);
      const words = writer.finish();
      program = await engine.allocate(words.byteLength);
      await engine.write(program, words);
      this.#programs.set(key, program);
    }
    await engine.run(program);
  }

  async write(address: number, data: ArrayBufferView): Promise<void> {
    await (await this.#engine).write(address, data);
  }

  async readFloats(address: number, count: number): Promise<Float32Array> {
    return new Float32Array((await (await this.#engine).read(address, count * 4)).buffer);
  }

  /** Ends the engine once the work of now is done. */
  async close(): Promise<void> {
    await this.#last.catch(() => {});
    await this.#engine.then(
      (engine) => engine.close(),
      () => {},
    );
  }
}
