import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { createEngine, type Engine, gemmScratchBytes, ProgramWriter } from "../src/index.js";
import { LocalEngine } from "../src/local-engine.js";
import { platform } from "../src/platform/node.js";
import type { Platform, PlatformWorker } from "../src/platform/platform.js";
import { run } from "./support/instruction.js";

const CORES = 4;
const NO_FILE = new URL("no-such-worker.js", import.meta.url);
/** Loads, and fails before it says a word. */
const FAILING = new URL("data:text/javascript,throw new Error('not today')");

let engine: Engine | undefined;
afterEach(() => engine?.close());

/** A host of four cores whose workers hear what they are to be only when `release` is called. */
function slowHost(urlOf: (worker: number) => URL | undefined = () => undefined) {
  const held: (() => void)[] = [];
  const host: Platform = {
    ...platform,
    cores: () => CORES,
    startWorker() {
      const worker = platform.startWorker(urlOf(held.length));
      return { ...worker, post: (message) => void held.push(() => worker.post(message)) };
    },
  };
  return { host, release: () => held.forEach((post) => void post()) };
}

/** A host whose workers one can get at. */
function recordingHost() {
  const workers: PlatformWorker[] = [];
  const host: Platform = {
    ...platform,
    startWorker() {
      const worker = platform.startWorker();
      workers.push(worker);
      return worker;
    },
  };
  return { host, workers };
}

/** Where there is a program that does nothing, for which all threads come together. */
async function emptyProgram(on: Engine): Promise<number> {
  const words = new ProgramWriter().finish();
  const program = await on.allocate(words.byteLength);
  await on.write(program, words);
  return program;
}

/** How many threads share a run now: each that takes part in `peak` stores a number of its own. */
async function present(on: Engine): Promise<number> {
  const y = await on.allocate(64 * CORES);
  const factors = await on.allocate(48);
  await on.write(factors, new Float32Array(12).fill(0.5));
  const writer = new ProgramWriter();
  writer.emit("peak", { y, factors, iterations: 3, kind: "twelve" });
  const program = await on.allocate(writer.finish().byteLength);
  await on.write(program, writer.finish());
  expect(await on.run(program, 1, { budget: 20 })).toEqual({ times: 1, finite: true });
  const words = new Uint32Array((await on.read(y, 64 * CORES)).buffer);
  return words.filter((word) => word !== 0).length;
}

const [M, N, K] = [37, 290, 301];
const numbers = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 7919) % 2003) / 1009 - 1);

/** The bytes of a matrix product on all threads that are there. */
async function product(on: Engine): Promise<Uint8Array> {
  const { c } = await run(on, "gemm", {
    a: { read: numbers(M * K) },
    b: { read: numbers(K * N) },
    c: { write: 4 * M * N },
    scratch: await on.allocate(gemmScratchBytes({ M, N, K }, on.threads)),
    ...{ bias: 0, M, N, K, lda: K, ldb: N, ldc: N, transA: 0, transB: 0, accumulate: 0, activation: 0 },
    ...{ batch: 1, strideA: 0, strideB: 0, strideC: 0 },
  });
  return c!;
}

describe("helper threads", () => {
  it("join an engine that is at work already, and leave its bits as they are", async () => {
    const { host, release } = slowHost();
    engine = await LocalEngine.create({ threads: "auto" }, host);
    expect(engine.threads).toBe(CORES);
    expect(await present(engine)).toBe(1);
    const alone = await product(engine);
    release();
    await engine.settled;
    expect(engine.threads).toBe(CORES);
    expect(engine.notes).toEqual([]);
    expect(await present(engine)).toBe(CORES);
    expect(Buffer.compare(await product(engine), alone)).toBe(0);
  });

  it("join between the slices of one piece of work", async () => {
    const { host, release } = slowHost();
    engine = await LocalEngine.create({ threads: "auto" }, host);
    const alone = await product(engine);
    release();
    let joined = 0;
    do {
      expect(Buffer.compare(await product(engine), alone)).toBe(0);
      joined = await present(engine);
    } while (joined === 1);
    expect(joined).toBe(CORES);
    expect(Buffer.compare(await product(engine), alone)).toBe(0);
  });

  it("are waited for where their number was asked for", async () => {
    engine = await createEngine({ threads: 3 });
    expect(await present(engine)).toBe(3);
  });

  it.each([
    ["before they start", 0],
    ["while they start", 5],
    ["about when they join", 60],
  ])("end with an engine that is closed %s", async (_, ms) => {
    const { host, release } = slowHost();
    const early = await LocalEngine.create({ threads: "auto" }, host);
    if (ms > 0) {
      release();
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    await early.close();
    await early.settled;
    expect(early.notes).toEqual([]);
    await expect(early.run(0)).rejects.toThrow("the engine is closed");
  });

  it.each([
    [
      "are no file",
      () => NO_FILE,
      /^Loam runs on one thread: a helper thread could not be started: .*no-such-worker/,
    ],
    ["fail", () => FAILING, /^Loam runs on one thread: a helper thread could not be started: not today\.$/],
    ["fail where others start", (i: number) => (i === 1 ? FAILING : undefined), /not today\.$/],
  ])("leave one thread and one note where they %s", async (_, urlOf, note) => {
    const { host, release } = slowHost(urlOf);
    engine = await LocalEngine.create({ threads: "auto" }, host);
    release();
    const alone = await product(engine);
    await engine.settled;
    expect(engine.threads).toBe(1);
    expect(engine.notes).toEqual([expect.stringMatching(note)]);
    expect(await present(engine)).toBe(1);
    expect(Buffer.compare(await product(engine), alone)).toBe(0);
  });

  it("leave one thread and one note at once where their number was asked for", async () => {
    engine = await createEngine({ threads: 2, workerUrl: NO_FILE });
    expect(engine.threads).toBe(1);
    expect(engine.notes).toHaveLength(1);
    expect(await present(engine)).toBe(1);
  });

  it("are missed at once when one was ended from outside, and the engine is closed", async () => {
    const { host, workers } = recordingHost();
    const own = await LocalEngine.create({ threads: 3 }, host);
    engine = own;
    const program = await emptyProgram(own);
    expect(await own.run(program)).toEqual({ times: 1, finite: true });
    await workers[1]!.terminate();
    const began = performance.now();
    await expect(own.run(program)).rejects.toMatchObject({
      code: "thread-failed",
      message: "a helper thread failed: it was ended from outside",
    });
    expect(performance.now() - began).toBeLessThan(5000);
    await expect(own.run(program)).rejects.toMatchObject({ code: "closed" });
  });

  it("keep no process from ending", async () => {
    const index = new URL("../dist/node/index.js", import.meta.url);
    const [starting, closed] = await childSays(`
      import { createEngine } from "${index}";
      const handles = () => process.getActiveResourcesInfo().filter((kind) => kind !== "PipeWrap");
      const engine = await createEngine();
      const starting = engine.threads > 1 ? handles() : ["Timeout"];
      await engine.close();
      console.log(JSON.stringify([starting, handles()]));`);
    expect(starting).toContain("Timeout");
    expect(closed).toEqual([]);
    const forgotten = await childSays(`
      import { createEngine } from "${index}";
      console.log(JSON.stringify((await createEngine()).notes));`);
    expect(forgotten).toEqual([]);
  });
});

/** What a process of its own prints, as JSON, when it has ended by itself. */
async function childSays(code: string): Promise<unknown[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code]);
  return JSON.parse(stdout);
}
