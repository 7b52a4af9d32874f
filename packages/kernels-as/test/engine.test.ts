import { afterEach, describe, expect, it } from "vitest";
import { createEngine, type Engine, ProgramWriter, philox4x32 } from "../src/index.js";

let engine: Engine | undefined;
afterEach(() => engine?.close());

/** A program that counts its runs at `step` and leaves itself when the f32 at `loss` is not finite. */
async function counter(on: Engine): Promise<{ program: number; step: number; loss: number }> {
  const step = await on.allocate(16);
  const loss = await on.allocate(4);
  const writer = new ProgramWriter();
  writer.emit("stop_if_not_finite", { x: loss });
  writer.emit("advance", { step, position: step + 8, by: 3, tick: step + 12 });
  const words = writer.finish();
  const program = await on.allocate(words.byteLength);
  await on.write(program, words);
  return { program, step, loss };
}

describe("Engine", () => {
  it.each([1, 2, 3, 4])("runs a program many times on %i threads", async (threads) => {
    engine = await createEngine({ threads });
    expect(engine.threads).toBe(threads);
    const { program, step } = await counter(engine);
    expect(await engine.run(program, 500)).toEqual({ times: 500, finite: true });
    expect(await engine.run(program, 3, { threads: 1 })).toEqual({ times: 3, finite: true });
    expect(await engine.run(program, 7, { threads: Math.min(2, threads) })).toEqual({
      times: 7,
      finite: true,
    });
    expect(await engine.run(program, 10)).toEqual({ times: 10, finite: true });
    const words = new Uint32Array((await engine.read(step, 16)).buffer);
    expect([...words]).toEqual([520, 0, 1560, 520]);
  });

  it("leaves a program at a value that is not finite, on every thread", async () => {
    engine = await createEngine({ threads: 2 });
    const { program, loss } = await counter(engine);
    await engine.write(loss, Float32Array.of(Number.NaN));
    expect(await engine.run(program, 5)).toEqual({ times: 0, finite: false });
    await engine.write(loss, Float32Array.of(1));
    expect(await engine.run(program, 5)).toEqual({ times: 5, finite: true });
  });

  it("stops at the end of its budget", async () => {
    engine = await createEngine({ threads: 1 });
    const { program } = await counter(engine);
    const { times } = await engine.run(program, 1e9, { budget: 10 });
    expect(times).toBeGreaterThan(0);
    expect(times).toBeLessThan(1e9);
  });

  it("draws the random words of any blocks", async () => {
    engine = await createEngine({ threads: 1 });
    const address = await engine.allocate(16 * 7);
    await engine.randomWords(address, 7, { counter: [5, 0xffff_ffff, 9], key: [1, 0x8000_0000] });
    const words = new Uint32Array((await engine.read(address, 16 * 7)).buffer);
    const expected = Array.from({ length: 7 }, (_, block) => [
      ...philox4x32([block, 5, 0xffff_ffff, 9], [1, 0x8000_0000]),
    ]);
    expect([...words]).toEqual(expected.flat());
    await expect(engine.randomWords(0x7fff_0000, 1, { counter: [0, 0, 0], key: [0, 0] })).rejects.toThrow(
      "outside the memory",
    );
  });

  it("refuses what it cannot do", async () => {
    await expect(createEngine({ threads: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: threads: expected "auto" or an integer in [1, 64], got 0]`,
    );
    engine = await createEngine({ threads: 1 });
    await expect(engine.read(0x7fff_0000, 16)).rejects.toThrow("outside the memory");
    await engine.close();
    await expect(engine.run(0)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[EngineError: the engine is closed]`,
    );
  });
});
