// A process of its own, with --expose-gc: trains 1,000 steps in one go and prints what the JavaScript heap did, as JSON.
import { PerformanceObserver } from "node:perf_hooks";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { withEngine } from "./engines.mjs";
import { trainingCandidate } from "./networks.mjs";

const STEPS = 1000;
const [name = "mlp"] = process.argv.slice(2);
let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ["gc"] });

await withEngine({ threads: 1 }, async (engine) => {
  const { candidate } = await trainingCandidate(engine, name);
  await candidate.run(STEPS);
  // What a call and the looking itself allocate is taken off; what is left is the steps'.
  const growth = async (steps) => {
    globalThis.gc();
    await setTimeout(50); // lets the observer report what that was
    collections = 0;
    const before = process.memoryUsage().heapUsed;
    await candidate.run(steps);
    const after = process.memoryUsage().heapUsed;
    await setTimeout(50);
    return after - before;
  };
  await growth(0);
  const idle = await growth(0);
  const linear = await engine.memoryBytes();
  const heapBytes = (await growth(STEPS)) - idle;
  const linearBytes = (await engine.memoryBytes()) - linear;
  process.stdout.write(`${JSON.stringify({ name, steps: STEPS, heapBytes, collections, linearBytes })}\n`);
});
observer.disconnect();
