import { afterEach, describe, expect, it } from "vitest";
import { EngineError } from "../src/engine.js";
import { type Engine, ProgramWriter, startEngine } from "../src/index.js";
import { expectSameBytes, run } from "./support/instruction.js";

let engine: Engine | undefined;
afterEach(() => engine?.close());

const [M, N, K] = [40, 24, 56];
const numbers = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.fround(Math.sin(i)));

/** Of the core: a product. */
const product = (on: Engine) =>
  run(on, "gemm", {
    ...{ a: { read: numbers(M * K) }, b: { read: numbers(K * N) }, bias: 0, M, N, K, lda: K, ldb: N, ldc: N },
    ...{ transA: 0, transB: 0, accumulate: 0, activation: 0, batch: 1, strideA: 0, strideB: 0, strideC: 0 },
  });

/** Not of the core: the windows of a 6x6 image, 3x3 and side by side. */
const windows = (on: Engine) =>
  run(on, "im2col", {
    ...{ x: { read: numbers(36) }, batch: 1, height: 6, width: 6, channels: 1, outHeight: 2, outWidth: 2 },
    ...{ kernelHeight: 3, kernelWidth: 3, strideHeight: 3, strideWidth: 3, padTop: 0, padLeft: 0 },
    ...{ dilationHeight: 1, dilationWidth: 1 },
  });

describe("an engine that begins with the core binary", () => {
  it.each([1, 2, 3, 4])(
    "changes to the full one between two programs, with the same bits, on %i threads",
    async (threads) => {
      engine = await startEngine({ threads }, false);
      const before = await product(engine);
      await Promise.all([engine.loadFull(), engine.loadFull()]);
      expect(engine.threads).toBe(threads);
      expectSameBytes(await product(engine), before, "after the change");
      const { cols } = await windows(engine);
      const x = numbers(36);
      const expected = [0, 3, 18, 21].flatMap((at) => [0, 1, 2, 6, 7, 8, 12, 13, 14].map((i) => x[at + i]));
      expect([...new Float32Array(cols!.buffer)]).toEqual(expected);
      await engine.loadFull();
      expectSameBytes(await product(engine), before, "after no change");
      expect(engine.notes).toEqual([]);
    },
  );

  it("changes while others run programs on it", async () => {
    engine = await startEngine({ threads: "auto" }, false);
    const before = await product(engine);
    const change = engine.loadFull();
    for (let i = 0; i < 20; i++) expectSameBytes(await product(engine), before, "during the change");
    await change;
    await windows(engine);
    await engine.settled;
    expectSameBytes(await product(engine), before, "after the change");
  });

  it("refuses what the core has not, and closes", async () => {
    engine = await startEngine({ threads: 2 }, false);
    const refusal = await windows(engine).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(EngineError);
    expect((refusal as EngineError).code).toBe("bad-program");
    await expect(engine.loadFull()).rejects.toMatchObject({ code: "closed" });
  });

  it("may be closed while the full one is on its way", async () => {
    engine = await startEngine({ threads: 2 }, false);
    const change = expect(engine.loadFull()).rejects.toMatchObject({ code: "closed" });
    await engine.close();
    await change;
  });

  it("begins with the full one where that is known to be needed", async () => {
    engine = await startEngine({ threads: 1 }, true);
    await windows(engine);
  });
});

describe("ProgramWriter.core", () => {
  it("is whether the core can run what was written", () => {
    const writer = new ProgramWriter();
    writer.emit("fill", { y: 64, n: 1, value: 0 });
    expect(writer.core).toBe(true);
    writer.emit("dot", { y: 64, x: 128, w: 192, n: 1 });
    expect(writer.core).toBe(false);
  });
});
