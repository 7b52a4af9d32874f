// One reader, many files: what each does to it, measured in this thread, which the one that started it can end when it hangs.
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import { allocations } from "./allocations.mjs";
import { mutant } from "./mutate.mjs";

const { reader: name, seed, progress, files } = workerData;
const counter = allocations();
const { closeEngine, READERS, removeFolder } = await import("./readers.mjs");
const { mend = (bytes) => bytes, most = Number.POSITIVE_INFINITY, read, seeds } = READERS[name];
const inputs = Math.min(workerData.inputs, most);

/** How long reading one file may take: seconds of this process, so that a busy machine is not taken for a slow reader. */
const MOST_SECONDS = 1;
/** What may be allocated at once for a file, beside twice its size. */
const ROOM = 64 * 2 ** 20;
const ERRORS = /^(Config|Data|Format|Numeric|Platform|Shape|Usage|Command)Error$/;

const valid = await seeds();
const finds = [];
let refused = 0;
let refusal;
let peak = 0;
let slowest = 0;

/** @returns what was wrong with how a file was read, if anything. */
async function faultOf(bytes) {
  counter.reset();
  const before = process.cpuUsage();
  const resident = process.resourceUsage().maxRSS;
  let fault;
  try {
    await read(bytes);
  } catch (error) {
    refused++;
    refusal = error;
    if (!(error instanceof Error) || !ERRORS.test(error.name) || error.message.length > 4100)
      fault = `${error?.name}: ${String(error?.message).slice(0, 300)}`;
  }
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  // A typed array counts when it is made, whether it is touched or not; the process's memory counts what no array tells of.
  const bytesTaken = Math.max(counter.total(), 1024 * (process.resourceUsage().maxRSS - resident));
  slowest = Math.max(slowest, seconds);
  peak = Math.max(peak, bytesTaken);
  if (seconds > MOST_SECONDS) fault ??= `took ${seconds.toFixed(2)} s`;
  if (bytesTaken > ROOM + 2 * bytes.length)
    fault ??= `took ${Math.round(bytesTaken / 2 ** 20)} MB for ${bytes.length} bytes`;
  return fault;
}

// What is valid is read, or the mutations of it would show nothing; it also warms the reader up.
for (const bytes of valid) {
  refused = 0;
  await faultOf(mend(Uint8Array.from(bytes)));
  if (refused > 0) throw new Error(`${name}: refuses a file that is valid: ${refusal.message}`);
}
for (const { file, bytes } of files) {
  const fault = await faultOf(bytes);
  if (fault) finds.push({ file, fault });
}
refused = slowest = peak = 0;
for (let index = 0; index < inputs; index++) {
  Atomics.store(progress, 0, index);
  const bytes = mend(mutant(valid, seed, index));
  const fault = await faultOf(bytes);
  if (fault) finds.push({ index, fault, bytes });
  if (finds.length >= 20) break;
  if (index % 256 === 255) await new Promise((resolve) => setImmediate(resolve));
}
const notes = await closeEngine();
await removeFolder();
parentPort.postMessage({ finds, refused, peak, slowest, inputs, notes });
