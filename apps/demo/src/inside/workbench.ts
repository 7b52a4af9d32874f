import {
  createEngine,
  type Engine,
  type InstructionArguments,
  type InstructionName,
  ProgramWriter,
} from "@loam/kernels-as";

/** An engine for showing kernels one by one: a memory of its own, one thread, and programs of one or a few instructions. */
export class Workbench {
  readonly #engine: Engine;
  readonly #blocks = new Map<string, { readonly address: number; readonly bytes: number }>();

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  static async open(): Promise<Workbench> {
    return new Workbench(await createEngine({ threads: 1 }));
  }

  /** The address of a block of at least so many bytes; asked for again under the same name, it is the same as long as it is large enough. */
  async block(name: string, bytes: number): Promise<number> {
    const known = this.#blocks.get(name);
    if (known && known.bytes >= bytes) return known.address;
    const address = await this.#engine.allocate(bytes);
    this.#blocks.set(name, { address, bytes });
    return address;
  }

  /** Writes a program of some instructions. @returns what runs it once. */
  async prepare(instructions: readonly Call[]): Promise<() => Promise<void>> {
    const writer = new ProgramWriter();
    for (const [name, args] of instructions) writer.emit(name, args as InstructionArguments<typeof name>);
    const words = writer.finish();
    const program = await this.#engine.allocate(words.byteLength);
    await this.#engine.write(program, words);
    return async () => {
      await this.#engine.run(program);
    };
  }

  write(address: number, data: ArrayBufferView): Promise<void> {
    return this.#engine.write(address, data);
  }

  async readFloats(address: number, count: number): Promise<Float32Array> {
    return new Float32Array((await this.#engine.read(address, count * 4)).buffer);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

/** An instruction of the kernels with its arguments by name. */
export type Call = readonly [name: InstructionName, args: Readonly<Record<string, number>>];
