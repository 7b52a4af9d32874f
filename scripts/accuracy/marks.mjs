// What takes minutes or hours, and is run by its name: a network, what it is trained on, and the figure that counts. Each seed's result is kept in
// runs/accuracy, so that what was measured once is not trained again; a run that was stopped goes on from its checkpoint.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { checkpoints } from "@loam/nn/checkpoint";
import { adding } from "./adding.mjs";
import { pictures } from "./pictures.mjs";
import { text } from "./text.mjs";

const marks = [...pictures, ...text, adding];

/** What a word on the command line stands for: a mark's name, or that of several. */
export const groups = {
  ...Object.fromEntries(marks.map((mark) => [mark.name, [mark]])),
  text,
};

/** A step's time is the least mean over so many in a row, so that reading the next pictures is in it. */
const WINDOW = 50;
const SECONDS_BETWEEN_CHECKPOINTS = 60;

async function readJson(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function writeJson(file, value) {
  await writeFile(`${file}.tmp`, `${JSON.stringify(value, null, 1)}\n`);
  await rename(`${file}.tmp`, file);
}

const exists = async (file) => (await readFile(file).catch(() => undefined)) !== undefined;
const minutes = (ms) => (ms / 60_000).toFixed(1);

/** Follows the steps of a fit: the least time of a step, and a line on stderr now and then. */
function follow(label, everySteps) {
  const ends = [];
  let told = 0;
  const pace = {
    leastMs: Number.POSITIVE_INFINITY,
    onSlice({ step, steps, loss, accuracy, learningRate }) {
      ends.push({ at: performance.now(), step });
      while (ends.length > 2 && step - ends[1].step >= WINDOW) ends.shift();
      const done = step - ends[0].step;
      if (done >= WINDOW) pace.leastMs = Math.min(pace.leastMs, (ends.at(-1).at - ends[0].at) / done);
      if (step - told < everySteps && step < steps) return;
      told = step;
      const share = accuracy === undefined ? "" : `, ${(100 * accuracy).toFixed(2)} % right`;
      process.stderr.write(
        `${new Date().toISOString().slice(11, 19)} ${label}: step ${step} of ${steps}, loss so far ${loss.toFixed(4)}${share}, rate ${learningRate.toPrecision(3)}, ${pace.leastMs.toFixed(1)} ms a step at best\n`,
      );
    },
  };
  return pace;
}

/** Trains with one seed and measures; the result of an earlier run of the same recipe is taken as it is. */
async function resultOf(mark, opened, seed, { what, folder, label, engine }) {
  const file = path.join(folder, `${label}-${seed}.json`);
  const known = await readJson(file);
  if (known?.what === what) return known;
  const saved = path.join(folder, `${label}-${seed}.safetensors`);
  const { steps, batchSize, shuffle = true } = opened;
  const net = opened.network(seed, engine);
  const pace = follow(`${label}, seed ${seed}`, Math.ceil(steps / 40));
  await net.fit(opened.training(seed), {
    ...{ batchSize, shuffle },
    ...(shuffle ? { steps } : { epochs: 1 }),
    onSlice: pace.onSlice,
    checkpoint: checkpoints({
      to: saved,
      ...((await exists(saved)) && { from: saved }),
      everySteps: WINDOW,
      pauseSeconds: SECONDS_BETWEEN_CHECKPOINTS,
    }),
  });
  const evaluation = await net.evaluate(opened.test, { batchSize: 250 });
  const { parameters } = net;
  const result = { what, figure: mark.figure(evaluation), ...evaluation, parameters, steps };
  if (mark.sample) result.sample = await mark.sample(net, seed);
  await net.close();
  await writeJson(file, result);
  await rm(saved, { force: true });
  return result;
}

/** A few hundred steps on a machine that should be quiet, and what all of them would take. */
async function timeOf(mark, opened, { folder, label, engine }) {
  const net = opened.network(1, engine);
  const pace = follow(`${label}, time`, WINDOW);
  const controller = new AbortController();
  await net.fit(opened.training(1), {
    batchSize: opened.batchSize,
    ...(opened.shuffle === false ? { epochs: 1, shuffle: false } : { steps: opened.steps }),
    sliceSteps: 1,
    signal: controller.signal,
    onSlice(progress) {
      pace.onSlice(progress);
      if (progress.step >= 6 * WINDOW) controller.abort();
    },
  });
  const time = {
    stepMs: pace.leastMs,
    threads: engine.threads ?? "all",
    ms: pace.leastMs * opened.steps,
  };
  await net.close();
  await writeJson(path.join(folder, `${label}-time.json`), time);
  process.stdout.write(
    `${mark.name}: ${time.stepMs.toFixed(1)} ms a step, ${opened.steps} steps: ${minutes(time.ms)} minutes\n`,
  );
}

/**
 * Runs the marks by their names, seed by seed.
 * @param options `seeds`; `data`, the folder of all data; `folder`, where results are kept; `threads`; `heldOut`, for choosing settings; `settings` to try
 * in place of a mark's own; `timeOnly`.
 * @returns The text for docs/measurements.md by mark.
 */
export async function runMarks(names, { seeds, data, folder, threads, heldOut, settings: tried, timeOnly }) {
  await mkdir(folder, { recursive: true });
  const engine = threads === undefined ? {} : { threads };
  const texts = new Map();
  for (const mark of new Set(names.flatMap((name) => groups[name]))) {
    const settings = { ...mark.settings, ...tried };
    const words = Object.entries(tried ?? {}).flat(2);
    const label = [mark.name, ...(heldOut ? ["held-out"] : []), ...words].join("-");
    const opened = await mark.open({ folder: data, heldOut, settings });
    const what = mark.what(settings);
    const place = { what, folder, label, engine };
    if (timeOnly) {
      await timeOf(mark, opened, place);
      continue;
    }
    const results = [];
    for (const seed of seeds) {
      const result = await resultOf(mark, opened, seed, place);
      results.push(result);
      process.stdout.write(`${label}, seed ${seed}: ${mark.show(result.figure)}\n`);
      if (result.sample) process.stdout.write(`${result.sample}\n\n`);
    }
    const time = await readJson(path.join(folder, `${label}-time.json`));
    texts.set(mark.name, describe(mark, what, seeds, results, time));
  }
  return texts;
}

function describe(mark, what, seeds, results, time) {
  const figures = results.map(({ figure }) => figure);
  const median = figures.toSorted((a, b) => a - b)[figures.length >> 1];
  const [{ parameters, steps }] = results;
  const took = time
    ? `; ${time.stepMs.toFixed(1)} ms a step at best on ${time.threads} threads, so ${minutes(time.ms)} minutes in all`
    : "";
  const each = seeds.map((seed, i) => `seed ${seed} ${mark.show(figures[i])}`).join(", ");
  return `- ${what[0].toUpperCase()}${what.slice(1)}: ${each}${seeds.length > 1 ? `, median ${mark.show(median)}` : ""} (${parameters.toLocaleString("en-US")} parameters, ${steps.toLocaleString("en-US")} steps${took}).`;
}
