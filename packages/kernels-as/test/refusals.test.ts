import { afterEach, describe, expect, it } from "vitest";
import { createEngine, type Engine, EngineError, MemoryError, ProgramWriter } from "../src/index.js";
import { OPCODES } from "../src/instructions/opcodes.gen.js";
import type { Platform } from "../src/platform/platform.js";
import { RemoteEngine } from "../src/remote-engine.js";

let engine: Engine | undefined;
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

describe("an engine refuses", () => {
  it.each([Number.NaN, 0, -1])("a memory of at most %s bytes", async (maximumBytes) => {
    await expect(createEngine({ threads: 1, maximumBytes })).rejects.toThrow(RangeError);
  });

  it("to hand out what is no number of bytes, and goes on", async () => {
    engine = await createEngine({ threads: 1 });
    const first = await engine.allocate(1024);
    for (const bytes of [Number.NaN, -1024]) await expect(engine.allocate(bytes)).rejects.toThrow(RangeError);
    expect(await engine.allocate(64)).toBe(first + 1024);
  });

  it("to read outside its memory, however much is asked for", async () => {
    engine = await createEngine({ threads: 1 });
    await expect(engine.read(0, 2 ** 40)).rejects.toThrow(MemoryError);
    await expect(engine.read(0, -4)).rejects.toThrow(MemoryError);
  });

  it("to run on no thread, and goes on", async () => {
    engine = await createEngine({ threads: 1 });
    const words = new ProgramWriter().finish();
    const program = await engine.allocate(words.byteLength);
    await engine.write(program, words);
    await expect(engine.run(program, 1, { threads: 0 })).rejects.toThrow(RangeError);
    expect(await engine.run(program)).toEqual({ times: 1, finite: true });
  });

  it.each([1, 2, 4])("a program with a word that is no instruction, on %i threads", async (threads) => {
    const words = new Uint32Array(64);
    const good = new ProgramWriter();
    good.emit("fill", { y: 0, n: 0, value: 0 });
    words.set(good.finish());
    const codes = [0, 0xffff_ffff, OPCODES, words[0]! | 0x8000_0000];
    const flags = [0, words[1]! + 2, words[1]! - 2, words[1]! | 0x8000_0000];
    const wrongs = [...codes.map((word) => [0, word]), ...flags.map((word) => [1, word])] as [
      number,
      number,
    ][];
    // The last instruction too: a program that has no end runs into what lies behind it.
    for (const [at, word] of [...wrongs, [32, 0] as [number, number]]) {
      const own = await createEngine({ threads });
      engine = own;
      const corrupt = words.slice();
      corrupt[at] = word;
      const program = await own.allocate(corrupt.byteLength + 256);
      await own.write(program, corrupt);
      await expect(own.run(program)).rejects.toMatchObject({ name: "EngineError", code: "bad-program" });
      await expect(own.run(program)).rejects.toMatchObject({ code: "closed" });
      await own.close();
    }
  });

  it("everything once it is closed", async () => {
    const closed = await createEngine({ threads: 1 });
    await closed.close();
    for (const call of [closed.memoryBytes(), closed.allocate(4), closed.read(0, 4), closed.run(0)]) {
      await expect(call).rejects.toMatchObject({ code: "closed" });
    }
  });
});

describe("a thread that fails", () => {
  it.each([
    { who: "a helper", bad: 1 },
    { who: "the caller's own", bad: 0 },
  ])("is told at once and closes the engine: $who", { timeout: 20_000 }, async ({ bad }) => {
    const own = await createEngine({ threads: 2 });
    engine = own;
    // Sixteen samples a thread; those of one of them lie far outside the memory.
    const indices = new Uint32Array(32).fill(0x0fff_0000, 16 * bad, 16 * (bad + 1));
    const at = async (data: Uint32Array) => {
      const address = await own.allocate(data.byteLength);
      await own.write(address, data);
      return address;
    };
    const writer = new ProgramWriter();
    writer.emit("gather_u32", {
      y: await at(new Uint32Array(32)),
      x: await at(new Uint32Array(1)),
      ...{ indices: await at(indices), position: await at(new Uint32Array(2)), batch: 32, features: 1 },
    });
    const program = await at(writer.finish());
    const began = performance.now();
    const error = await own.run(program).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: "thread-failed" });
    expect(performance.now() - began).toBeLessThan(10_000);
    await expect(own.run(program)).rejects.toMatchObject({ code: "closed" });
  });
});

describe("an engine in a worker", () => {
  /** A platform whose worker says `first` as soon as it is started. */
  function platformSaying(first: unknown) {
    const told = { ended: 0, fail: (_: Error) => {} };
    const platform = {
      startWorker: () => ({
        post: () => {},
        onMessage: (listener: (message: unknown) => void) => queueMicrotask(() => listener(first)),
        onError: (listener: (error: Error) => void) => {
          told.fail = listener;
        },
        terminate: async () => void told.ended++,
      }),
    } as unknown as Platform;
    return { told, platform };
  }

  it("fails as the engine in it did, and ends the worker", async () => {
    for (const [said, kind] of [
      [{ name: "RangeError", message: "threads: …" }, RangeError],
      [{ name: "EngineError", code: "no-simd", message: "no SIMD" }, EngineError],
      [{ name: "MemoryError", code: "memory", message: "no memory" }, MemoryError],
    ] as const) {
      const { told, platform } = platformSaying({ ready: false, ...said });
      const error = await RemoteEngine.create({}, platform).catch((one: unknown) => one);
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({ ...("code" in said && { code: said.code }), message: said.message });
      expect(told.ended).toBe(1);
    }
  });

  it("ends the worker when that fails later", async () => {
    const { told, platform } = platformSaying({
      ready: true,
      engine: { threads: 1, binary: "plain", notes: [] },
    });
    const remote = await RemoteEngine.create({}, platform);
    const pending = remote.memoryBytes();
    told.fail(new Error("gone"));
    await expect(pending).rejects.toMatchObject({ code: "thread-failed" });
    expect(told.ended).toBe(1);
  });
});
