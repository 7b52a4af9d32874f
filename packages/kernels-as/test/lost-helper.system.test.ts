import { expect, it } from "vitest";
import { ProgramWriter } from "../src/index.js";
import { LocalEngine } from "../src/local-engine.js";
import { platform } from "../src/platform/node.js";
import type { Platform } from "../src/platform/platform.js";

/** Says that it is ready, as a helper does, and never takes part in anything: as one that was ended while nobody could hear of it. */
const LOST = new URL(
  `data:text/javascript,${encodeURIComponent(
    `import { parentPort } from "node:worker_threads";
     parentPort.on("message", () => parentPort.postMessage({ ready: true }));`,
  )}`,
);

it("a helper thread that does not come to a run is missed within seconds, not after a minute", async () => {
  const host: Platform = { ...platform, startWorker: () => platform.startWorker(LOST) };
  const engine = await LocalEngine.create({ threads: 2 }, host);
  const words = new ProgramWriter().finish();
  const program = await engine.allocate(words.byteLength);
  await engine.write(program, words);
  const began = performance.now();
  await expect(engine.run(program)).rejects.toMatchObject({
    code: "thread-failed",
    message: "a helper thread failed: it was ended from outside",
  });
  expect(performance.now() - began).toBeGreaterThan(4_000);
  expect(performance.now() - began).toBeLessThan(20_000);
  await expect(engine.run(program)).rejects.toMatchObject({ code: "closed" });
});
