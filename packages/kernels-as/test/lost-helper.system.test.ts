import { expect, it } from "vitest";
import { BEGUN } from "../src/constants/threads.gen.js";
import { ProgramWriter } from "../src/index.js";
import { LocalEngine } from "../src/local-engine.js";
import { platform } from "../src/platform/node.js";
import type { Platform } from "../src/platform/platform.js";

/** Takes part in a run, and is no more in the middle of its first instruction. */
const DYING = new URL(
  `data:text/javascript,${encodeURIComponent(
    `import { parentPort } from "node:worker_threads";
     parentPort.on("message", ({ memory, barrier, job }) => {
       parentPort.postMessage({ ready: true });
       const words = new Int32Array(memory.buffer);
       Atomics.wait(words, job / 4, Atomics.load(words, job / 4));
       Atomics.add(words, (barrier + ${BEGUN}) / 4, 1);
       process.exit();
     });`,
  )}`,
);

/** Says that it is ready, as a helper does, and never takes part in anything: as one that was ended while nobody could hear of it. */
const LOST = new URL(
  `data:text/javascript,${encodeURIComponent(
    `import { parentPort } from "node:worker_threads";
     parentPort.on("message", () => parentPort.postMessage({ ready: true }));`,
  )}`,
);

/** What comes of a run beside a helper of another kind, and the seconds until then. */
async function runBeside(helper: URL) {
  const host: Platform = { ...platform, startWorker: () => platform.startWorker(helper) };
  const engine = await LocalEngine.create({ threads: 2 }, host);
  const words = new ProgramWriter().finish();
  const program = await engine.allocate(words.byteLength);
  await engine.write(program, words);
  const began = performance.now();
  await expect(engine.run(program)).rejects.toMatchObject({
    code: "thread-failed",
    message: "a helper thread failed: it was ended from outside",
  });
  const seconds = (performance.now() - began) / 1000;
  await expect(engine.run(program)).rejects.toMatchObject({ code: "closed" });
  return seconds;
}

it("a helper thread that does not come to a run is missed within seconds, not after a minute", async () => {
  const seconds = await runBeside(LOST);
  expect(seconds).toBeGreaterThan(4);
  expect(seconds).toBeLessThan(20);
});

it("a helper thread that ends in the middle of an instruction is missed within seconds", async () => {
  expect(await runBeside(DYING)).toBeLessThan(20);
});
