import { afterEach, describe, expect, it } from "vitest";
import {
  createEngine,
  type Engine,
  EngineError,
  instantiate,
  MemoryError,
  opcodes,
  ProgramWriter,
} from "../src/index.js";
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

describe("kernel calls refuse", () => {
  const window = {
    ...{
      batch: 1,
      height: 1,
      width: 3,
      channels: 1,
      outHeight: 1,
      outWidth: 3,
      kernelHeight: 1,
      kernelWidth: 1,
    },
    ...{ strideHeight: 1, strideWidth: 1, padTop: 0, padLeft: 0, dilationHeight: 1, dilationWidth: 1 },
  };

  it("windows whose places cannot be counted", async () => {
    const kernels = await instantiate();
    const [x, cols] = [kernels.memory.allocate(4096), kernels.memory.allocate(4096)];
    for (const wrong of [
      { padTop: 2 ** 32 - 1 },
      { strideHeight: 2 ** 31, outHeight: 3 },
      { dilationHeight: 2 ** 31, kernelHeight: 3 },
    ]) {
      expect(() => kernels.im2col(cols, x, { ...window, ...wrong })).toThrow(/place 2\^31/);
    }
  });

  it("an algorithm that has no such pass", async () => {
    const kernels = await instantiate();
    const at = () => kernels.memory.allocate(65_536);
    const sizes = {
      ...window,
      height: 8,
      width: 8,
      outHeight: 6,
      outWidth: 6,
      kernelHeight: 3,
      kernelWidth: 3,
    };
    const conv = { ...sizes, filters: 8, groups: 1, scratch: at(), dy: at(), w: at(), dx: at() };
    expect(() => kernels.conv2dInputGrad({ ...conv, algorithm: opcodes.CONV_DIRECT })).toThrow(RangeError);
  });
});
