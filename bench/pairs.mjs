// Is one build slower than another? node bench/pairs.mjs --old <checkout> [--new <checkout>]: pairs of processes in turn (old, new, old, new …),
// each measuring the training step of every network on one and two threads, lenet's inference and starts to the first step. Prints the ratio
// of the least times, new to old. With the same checkout as both, the ratios are the noise: what lies within it says nothing.
//
//   --old folder       a checkout that has been installed and built, such as a git worktree
//   --new folder       default: this one
//   --networks a,b     default: all
//   --pairs n          default 5     --rounds n   samples of some 20 ms each in every process, default 15
//   --json             one JSON text in place of the table
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { fixed, table } from "./table.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);
const NETWORKS = ["mlp", "mlp-nodropout", "mlp-sigmoid", "cnn", "cnn-nodropout", "lenet", "softmax"];
/** Fresh processes a turn: a start is noisier than a step. */
const STARTS = 5;

function fail(sentence) {
  process.stderr.write(`pairs: ${sentence}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        old: { type: "string" },
        new: { type: "string", default: path.resolve(here, "..") },
        networks: { type: "string", default: NETWORKS.join() },
        pairs: { type: "string", default: "5" },
        rounds: { type: "string", default: "15" },
        json: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    return fail(error.message);
  }
}

const values = readArguments();
if (values.old === undefined) fail("--old must name the checkout to compare with.");
for (const which of ["old", "new"])
  if (!existsSync(path.join(values[which], "packages/nn/dist/index.js")))
    fail(`--${which} ${values[which]}: holds no built Loam; run npm ci and npm run build there.`);
for (const name of values.networks.split(","))
  if (!NETWORKS.includes(name)) fail(`--networks must be some of ${NETWORKS.join(", ")}, got ${name}.`);
for (const count of ["pairs", "rounds"])
  if (!/^[1-9]\d*$/.test(values[count]))
    fail(`--${count} must be an integer of at least 1, got ${values[count]}.`);

const firstStep = await readFile(path.join(here, "first-step.mjs"), "utf8");

/** Microseconds by name and threads, as one turn of a build finds them. */
async function turn(checkout) {
  const child = [path.join(here, "one-build.mjs"), checkout, values.networks, values.rounds];
  const rows = JSON.parse((await run(process.execPath, child)).stdout);
  // The same text for both, whose imports are looked up from the checkout.
  for (let i = 0; i < STARTS; i++) {
    const start = await run(process.execPath, ["--input-type=module", "--eval", firstStep], {
      cwd: path.join(checkout, "bench"),
    });
    rows.push({ name: "start to first step", threads: 1, microseconds: 1000 * Number(start.stdout) });
  }
  return rows;
}

const best = new Map();
for (let pair = 1; pair <= Number(values.pairs); pair++)
  for (const build of ["old", "new"]) {
    process.stderr.write(`pair ${pair} of ${values.pairs}, ${build} …\n`);
    for (const { name, threads, microseconds } of await turn(values[build])) {
      const key = `${name}, ${threads}`;
      const row = best.get(key) ?? { name, threads, old: Infinity, new: Infinity };
      row[build] = Math.min(row[build], microseconds);
      best.set(key, row);
    }
  }

const rows = [...best.values()].map((row) => ({ ...row, ratio: row.new / row.old }));
const machine = {
  processor: os.cpus()[0]?.model ?? "unknown",
  cores: os.availableParallelism(),
  node: process.versions.node,
  load: os.loadavg()[0],
  date: new Date().toISOString(),
};
const title = `Least times, alternating pairs: ${values.pairs}; ${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load.toFixed(2)}`;
const columns = [
  ["", (row) => row.name],
  ["threads", (row) => row.threads],
  ["old µs", (row) => fixed(1)(row.old)],
  ["new µs", (row) => fixed(1)(row.new)],
  ["new/old", (row) => fixed(3)(row.ratio)],
];
process.stdout.write(
  values.json
    ? `${JSON.stringify({ machine, pairs: Number(values.pairs), rows })}\n`
    : table(title, columns, rows),
);
