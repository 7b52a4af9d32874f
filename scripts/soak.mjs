// npm run soak [-- --steps 100000 --models 1000 --fits 1000]: a long training with validation and checkpoints, many models that are made and closed,
// many fits on new data; memory, threads and open files, ten times on the way. They must end where they were after the second of the ten.
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { buildOrExit } from "./build.mjs";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "100000" },
    models: { type: "string", default: "1000" },
    fits: { type: "string", default: "1000" },
  },
});
buildOrExit();
const { Adam, Dense, ReLU, Sequential, softmaxCrossEntropy, syntheticDigits } = await import(
  "../packages/nn/dist/node/index.js"
);
const { checkpoints } = await import("../packages/nn/dist/node/checkpoint.js");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** What may have been gained between the second look and the last. */
const ROOM_MB = 24;
const LOOKS = 10;

/** Memory, threads and open files, after what is garbage has gone. Threads and files end a moment after `close`. */
async function look() {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    collect();
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  const mb = (bytes) => Math.round(bytes / 2 ** 20);
  const threads = Number(/Threads:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  return {
    rss: mb(rss),
    heap: mb(heapUsed),
    external: mb(external),
    threads,
    files: readdirSync("/proc/self/fd").length,
    handles: process.getActiveResourcesInfo().filter((name) => name !== "Timeout").length,
  };
}

/** Prints a look, and at the end whether all stayed flat. */
function watch(name) {
  const looks = [];
  console.log(`\n${name}\n      done  rss MB  heap MB  external MB  threads  files  handles`);
  return {
    async look(done) {
      const now = await look();
      looks.push(now);
      const figures = [done, now.rss, now.heap, now.external, now.threads, now.files, now.handles];
      console.log(figures.map((figure, i) => String(figure).padStart([10, 7, 8, 12, 8, 6, 8][i])).join(" "));
    },
    end() {
      const [, first] = looks;
      const last = looks.at(-1);
      const grown = [
        ...["rss", "heap", "external"].filter((what) => last[what] > first[what] + ROOM_MB),
        ...["threads", "files", "handles"].filter((what) => last[what] > first[what]),
      ];
      console.log(grown.length === 0 ? "flat" : `grew: ${grown.join(", ")}`);
      if (grown.length > 0) process.exitCode = 1;
    },
  };
}

const make = (seed, threads) =>
  new Sequential([new Dense({ units: 32 }), new ReLU(), new Dense({ units: 10 })], {
    inputShape: [784],
    seed,
    threads,
  }).compile({ optimizer: new Adam(), loss: softmaxCrossEntropy(), metrics: ["accuracy"] });

/** Digits as rows. */
function digits(samples, seed) {
  const { inputs, ...rest } = syntheticDigits({ samples, seed });
  return { ...rest, inputs: { data: inputs.data, shape: [samples, 784] } };
}

const folder = await mkdtemp(path.join(tmpdir(), "loam-soak-"));
try {
  const steps = watch(`${values.steps} steps, with validation and a checkpoint every 100`);
  const training = make(1, 2);
  const data = digits(1600, 1);
  const validation = digits(200, 2);
  const share = Number(values.steps) / LOOKS;
  const to = path.join(folder, "checkpoint.safetensors");
  for (let i = 0; i < LOOKS; i++) {
    const checkpoint = checkpoints({ to, everySteps: 100 });
    await training.fit(data, { steps: share, batchSize: 16, validationData: validation, checkpoint });
    await steps.look(share * (i + 1));
  }
  await training.close();
  steps.end();

  const models = watch(`${values.models} models made, trained and closed`);
  const few = digits(32, 3);
  for (let i = 0; i < Number(values.models); i++) {
    const model = make(i, 2);
    await model.fit(few, { steps: 2, batchSize: 16 });
    await model.close();
    if ((i + 1) % (Number(values.models) / LOOKS) === 0) await models.look(i + 1);
  }
  models.end();

  const fits = watch(`${values.fits} fits on new data`);
  const again = make(1, 2);
  for (let i = 0; i < Number(values.fits); i++) {
    await again.fit(digits(200 + (i % 7) * 50, i), { epochs: 1, batchSize: 32 });
    if ((i + 1) % (Number(values.fits) / LOOKS) === 0) await fits.look(i + 1);
  }
  await again.close();
  fits.end();
} finally {
  await rm(folder, { recursive: true, force: true });
}
