// A process of its own, with --expose-gc and --no-memory-reducer: trains 1,000 steps in one call and prints what the JavaScript heap did, as
// JSON. V8's memory reducer collects some ten seconds after any collection, here after those that are asked for, whatever was allocated.
import { PerformanceObserver } from "node:perf_hooks";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { withEngine } from "./engines.mjs";
import { trainingCandidate } from "./networks.mjs";

const STEPS = 1000;
/** Feedback and compiled code come to the heap now and then, in some rounds and not in others; what steps allocate is in all of them. */
const ROUNDS = 3;
const [name = "mlp"] = process.argv.slice(2);
let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ["gc"] });

await withEngine({ threads: 1 }, async (engine) => {
  const { candidate } = await trainingCandidate(engine, name);
  const growth = async (steps) => {
    globalThis.gc();
    await setTimeout(50); // lets the observer report what that was
    collections = 0;
    const before = process.memoryUsage().heapUsed;
    await candidate.run(steps);
    const after = process.memoryUsage().heapUsed;
    await setTimeout(50);
    return { bytes: after - before, collections };
  };
  /** The round in which the least was collected and the least came to the heap. */
  const least = (rounds) => rounds.sort((a, b) => a.collections - b.collections || a.bytes - b.bytes)[0];
  for (let i = 0; i < 100; i++) await candidate.run(1);
  const linear = await engine.memoryBytes();
  const idle = [];
  const runs = [];
  for (let i = 0; i < ROUNDS; i++) {
    // What a call and the looking itself allocate is taken off; what is left is the steps'.
    idle.push(await growth(0));
    runs.push(await growth(STEPS));
  }
  const run = least(runs);
  const linearBytes = (await engine.memoryBytes()) - linear;
  const row = {
    name,
    steps: STEPS,
    heapBytes: run.bytes - least(idle).bytes,
    collections: run.collections,
    linearBytes,
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
});
observer.disconnect();
