// npm run bench [-- [part] [name] …]: measures, prints tables on stdout and writes JSON. Nothing asserts a time.
//
//   parts: peak gemm conv kernels train inference scaling curve compared shapes maps steady start size; all of them when none is named,
//          and page: how long a page waits for fits of a small network in Chromium; paint: when the site's first view has its largest paint;
//          command: what loam train does beside training
//   --threads 1,2  --precision standard,fast  --batch n  --rounds n
//   --trial        tries whether everything runs: the figures say nothing
//   --browser      in Chromium instead of Node (without compared, shapes, maps, steady, start and size)
//   --json         one JSON text on stdout in place of tables; a single training step is one object
//   --out file     where the JSON is written; default runs/bench-<time>.json, none with --json
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { median, pace } from "../bench/measure.mjs";
import { tables } from "../bench/report.mjs";
import { buildOrExit } from "./build.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const EVERYWHERE = ["peak", "gemm", "conv", "kernels", "train", "inference", "scaling", "curve"];
const NODE_ONLY = ["compared", "shapes", "maps", "steady", "start", "size"];

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        threads: { type: "string" },
        precision: { type: "string" },
        batch: { type: "string" },
        rounds: { type: "string", default: "15" },
        browser: { type: "boolean", default: false },
        trial: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        out: { type: "string" },
        "no-build": { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return fail(`bench: ${error.message}`);
  }
}

const positive = (name, text) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    fail(`bench: --${name} must be an integer of at least 1, got ${text}.`);
  return value;
};

const { values, positionals } = readArguments();
const [part, only] = positionals;
const allowed = values.browser ? EVERYWHERE : [...EVERYWHERE, ...NODE_ONLY];
/** Not among all of them: two need a browser, the other trains for half a minute. */
const APART = ["page", "paint", "command"];
if (part && ![...allowed, ...APART].includes(part))
  fail(`bench: the part must be one of ${[...allowed, ...APART].join(", ")}, got ${part}.`);
const PRECISIONS = ["standard", "high", "fast"];
const precision = (values.precision ?? "standard,fast").split(",");
for (const one of precision)
  if (!PRECISIONS.includes(one))
    fail(`bench: --precision must be one of ${PRECISIONS.join(", ")}, got ${one}.`);
const options = {
  threads: (values.threads ?? "1,2").split(",").map((one) => positive("threads", one)),
  precision,
  rounds: values.trial ? 1 : positive("rounds", values.rounds),
  ...(values.batch && { batch: positive("batch", values.batch) }),
  ...(only && { only }),
};

if (values.trial) Object.assign(pace, { warmMs: 0, sampleMs: 0 });
if (!values["no-build"]) buildOrExit();

const inNode = {
  /** From `fit` to its result in a page: the first fit, and the least of five others. */
  async page() {
    const { measureFits } = await import("../bench/browser/run.mjs");
    return measureFits(6);
  },
  /** When the site's first view has its largest paint. */
  async paint() {
    const { measurePaint } = await import("../bench/browser/first-paint.mjs");
    return measurePaint(values.trial ? 1 : 5);
  },
  /** What `loam train` does beside training. */
  async command() {
    const { measureCommand } = await import("../bench/command.mjs");
    return measureCommand();
  },
  /** Training steps of the networks that are compared with PyTorch. */
  async compared() {
    const { measureCompared } = await import("../bench/compared-networks.mjs");
    return measureCompared(options);
  },
  /** Training steps of convolutions and dense layers of many shapes. */
  async shapes() {
    const { measureShapes } = await import("../bench/shape-networks.mjs");
    return measureShapes(options);
  },
  /** Maps against loops by hand, which are compiled first. */
  async maps() {
    const { measureMaps } = await import("../bench/maps.mjs");
    return measureMaps(options);
  },
  /** Heap and collections over 1,000 steps, each network in a process of its own. */
  async steady() {
    const rows = [];
    for (const name of only ? [only] : ["mlp", "cnn", "lenet"]) {
      const script = path.join(root, "bench/steady.mjs");
      const flags = ["--expose-gc", "--no-memory-reducer"];
      const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, name]);
      rows.push(JSON.parse(stdout));
    }
    return rows;
  },
  /** Milliseconds from a process's start to the end of its first step. */
  async start() {
    const runs = [];
    for (let i = 0; i < options.rounds; i++) {
      const script = path.join(root, "bench/first-step.mjs");
      runs.push(Number((await promisify(execFile)(process.execPath, [script])).stdout));
    }
    return [{ name: "mlp", milliseconds: median(runs), minMilliseconds: Math.min(...runs) }];
  },
  /** Gzip bytes of what a page downloads. */
  async size() {
    const { sizeOf } = await import("./size.mjs");
    const budget = JSON.parse(await readFile(path.join(root, "size-budget.json"), "utf8"));
    const rows = [];
    for (const [name, { source, full }] of Object.entries(budget))
      rows.push({ name, ...(await sizeOf(source.join("\n"), full)) });
    return rows;
  },
};

async function runAll(run) {
  const report = {};
  for (const one of part ? [part] : allowed) {
    process.stderr.write(`${one} …\n`);
    report[one] = await (inNode[one] ?? ((given) => run(one, given)))(options);
  }
  return report;
}

async function measure() {
  if (values.browser) {
    const { withBrowser } = await import("../bench/browser/run.mjs");
    return withBrowser(async (runPart, version) => ({ host: version, report: await runAll(runPart) }));
  }
  const { parts } = await import("../bench/parts.mjs");
  return { host: `Node ${process.versions.node}`, report: await runAll((one, given) => parts[one](given)) };
}

/** The one line that a script asks for: a training step's own figures and nothing else. */
function single({ train }) {
  const {
    name,
    threads,
    precision: used,
    microsecondsPerStep,
    minMicrosecondsPerStep,
    samplesPerSecond,
    gflops,
    peakGflops,
  } = train[0];
  return {
    name,
    threads,
    precision: used,
    microsecondsPerStep,
    minMicrosecondsPerStep,
    samplesPerSecond,
    gflops,
    peakGflops,
  };
}

const load = os.loadavg()[0];
const { host, report } = await measure();
const machine = {
  host,
  processor: os.cpus()[0]?.model ?? "unknown",
  cores: os.availableParallelism(),
  platform: `${os.platform()} ${os.arch()}`,
  load,
  date: new Date().toISOString(),
};
const full = { machine, ...report };
if (values.json) {
  const one = part === "train" && report.train.length === 1;
  process.stdout.write(`${JSON.stringify(one ? single(report) : full)}\n`);
} else {
  process.stdout.write(tables(full));
}
if (values.out || !values.json) {
  const file = path.resolve(
    values.out ?? path.join(root, "runs", `bench-${machine.date.replaceAll(":", "-")}.json`),
  );
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(full, null, 1)}\n`);
  process.stderr.write(`written to ${path.relative(process.cwd(), file)}\n`);
}
