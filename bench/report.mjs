// The tables of a run.
import { fixed, percent, table } from "./table.mjs";

const one = fixed(1);
const two = fixed(2);
const share = (value) => `${two(100 * value)} %`;
const threads = ["threads", (row) => row.threads];
const precision = ["precision", (row) => row.precision];
const gflops = ["GFLOP/s", (row) => one(row.gflops)];
const peak = ["peak", (row) => one(row.peakGflops)];
const ofPeak = ["of peak", (row) => percent(row.ofPeak)];
const atBest = ["at best", (row) => percent(row.bestOfPeak)];
const microseconds = ["µs", (row) => one(row.microseconds)];
const name = ["name", (row) => row.name];

const TRAINING = [
  name,
  ["batch", (row) => row.batch],
  threads,
  precision,
  ["µs/step", (row) => one(row.microsecondsPerStep)],
  ["min", (row) => one(row.minMicrosecondsPerStep)],
  ["samples/s", (row) => Math.round(row.samplesPerSecond)],
  gflops,
  peak,
  ofPeak,
  atBest,
  ["gather µs", (row) => one(row.gatherMicroseconds)],
  ["MB", (row) => one(row.memoryBytes / 1e6)],
];

const LAYOUTS = {
  peak: [
    "Peak: multiplications and additions in registers",
    [threads, precision, ["binary", (row) => row.binary], gflops, ["best", (row) => one(row.maxGflops)]],
  ],
  gemm: [
    "Matrix products",
    [name, ["network", (row) => row.network], threads, precision, microseconds, gflops, peak, ofPeak, atBest],
  ],
  conv: [
    "Convolutions, by their direct multiply-add count",
    [name, threads, precision, microseconds, gflops, peak, ofPeak, atBest],
  ],
  shapes: [
    "Training steps by shape: batch, channels→filters, kernel, stride, padding, side behind a 1x1 convolution; or batch; widths",
    [
      name,
      threads,
      precision,
      ["ms", (row) => (row.microseconds / 1000).toFixed(3)],
      ["least", (row) => (row.minMicroseconds / 1000).toFixed(3)],
    ],
  ],
  kernels: [
    "Kernels against plain JavaScript, one thread",
    [
      name,
      precision,
      microseconds,
      ["plain µs", (row) => one(row.loopMicroseconds)],
      ["times", (row) => one(row.times)],
    ],
  ],
  maps: [
    "Maps against loops by hand (softmax, cross-entropy and Adam: against their own instructions), one thread",
    [
      name,
      ["instructions", (row) => row.instructions],
      microseconds,
      ["by hand µs", (row) => one(row.loopMicroseconds)],
      ["ratio of least", (row) => row.ratio.toFixed(2)],
    ],
  ],
  train: ["Training: one step on a gathered batch", TRAINING],
  compared: ["Training steps of the networks that bench/peers/pytorch.py compared measures", TRAINING],
  inference: [
    "Inference",
    [
      name,
      ["batch", (row) => row.batch],
      threads,
      precision,
      ["ms", (row) => fixed(3)(row.milliseconds)],
      ["samples/s", (row) => Math.round(row.samplesPerSecond)],
      gflops,
      ofPeak,
      atBest,
    ],
  ],
  scaling: [
    "What more threads gain, and what the peak gains on them",
    [
      name,
      threads,
      precision,
      ["gain", (row) => two(row.gain)],
      ["peak's gain", (row) => two(row.peakGain)],
      ["ratio", (row) => two(row.ratio)],
    ],
  ],
  curve: [
    "Cost of a training step by batch size, one thread",
    [
      name,
      ["batch", (row) => row.batch],
      ["µs/step", (row) => one(row.microsecondsPerStep)],
      ["µs/sample", (row) => two(row.microsecondsPerStep / row.batch)],
      ["MB", (row) => one(row.memoryBytes / 1e6)],
    ],
  ],
  page: [
    "From fit to its result in a page: 160 epochs of a gesture trainer's network; the longest task over 50 ms, 0 for none",
    [
      ["called in the", (row) => row.name],
      ["served", (row) => row.served],
      ["first ms", (row) => one(row.first)],
      ["least of others", (row) => one(row.least)],
      ["longest task ms", (row) => one(row.blocked)],
      ["accuracy", (row) => percent(row.accuracy)],
    ],
  ],
  paint: [
    "The largest paint of the site's first view, on a processor a quarter as fast and over slow 4G",
    [
      ["on a", (row) => row.name],
      ["least ms", (row) => one(row.least)],
      ["median", (row) => one(row.median)],
      ["program there", (row) => one(row.ready)],
      ["of", (row) => row.painted],
    ],
  ],
  command: [
    "What loam train does beside training, as shares of it: bar, epoch lines and history, and finding out a table's columns",
    [
      name,
      ["epochs", (row) => row.epochs],
      ["s", (row) => one(row.seconds)],
      ["bar", (row) => share(row.bar)],
      ["log", (row) => share(row.log)],
      ["schema", (row) => (row.schema === undefined ? "" : share(row.schema))],
    ],
  ],
  steady: [
    "1,000 steady steps: the least of three rounds, beyond what a call without steps allocates",
    [
      name,
      ["heap growth B", (row) => row.heapBytes],
      ["collections", (row) => row.collections],
      ["linear memory growth B", (row) => row.linearBytes],
    ],
  ],
  start: [
    "From the process's start to the end of the first step",
    [name, ["ms", (row) => one(row.milliseconds)], ["min", (row) => one(row.minMilliseconds)]],
  ],
  size: [
    "What a page downloads, gzip bytes",
    [
      ["import", (row) => row.name],
      ["page", (row) => row.page],
      ["worker", (row) => row.worker],
      ["binary", (row) => row.plain],
      ["total", (row) => row.total],
    ],
  ],
};

export function tables({ machine, ...report }) {
  const { host, processor, cores, platform, load, date } = machine;
  const head = `${host}, ${processor}, ${cores} cores, ${platform}, load ${two(load)}, ${date}\n`;
  const parts = Object.entries(report).map(([part, rows]) => table(LAYOUTS[part][0], LAYOUTS[part][1], rows));
  return head + parts.join("");
}
