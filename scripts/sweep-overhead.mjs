// What a sweep costs beside its trainings, of which the steps and the epochs' validations count, as in a `fit` by itself: all else is overhead, from the
// command's start to its end. Starting processes, reading, dividing and hashing data, bringing it into memory, checkpoints, files, progress, the last figures.
//   node scripts/sweep-overhead.mjs [trials, 12 by default] [seconds a trial, 10] [data, digits] [model, mlp] [rounds, 1] [processes, the cores]
// Two figures: by the clock, the processes times the wall time over the trainings' seconds, which a busy machine makes greater as no core is there when it is
// asked for; and by the processor, the time that all processes spent over what the trainings spent, on Linux. A short sweep before it, which finds out how long an
// epoch takes, tells what is spent once from what each trial costs. The trials differ in their rate alone, and so have as many steps; as many of them as fill the
// processes are timed. Where one ends sooner than another its core waits at the end: that is told, and not counted by the clock.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

const [trials = "12", seconds = "10", data = "digits", model = "mlp", rounds = "1", slots] =
  process.argv.slice(2);
const processes = Number(slots ?? availableParallelism());
const count = Math.ceil(Number(trials) / processes) * processes;
const loam = path.resolve(import.meta.dirname, "../packages/cli/bin/loam.js");
const folder = mkdtempSync(path.join(tmpdir(), "loam-overhead-"));
const settings = { data: data === "digits" ? data : path.resolve(data), model, validationSplit: 0.15 };

/** Seconds of the processor that the processes spent which this one has started, and theirs; NaN where nobody counts them. */
function spent() {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8").replace(/.*\) /s, "").split(" ");
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** A sweep of so many trials of so many epochs: what it took, and what each trial's training took of that. */
function sweep(name, many, epochs) {
  const file = path.join(folder, `${name}.json`);
  const learningRate = Array.from({ length: many }, (_, i) => Number((0.01 / (1 + i)).toPrecision(3)));
  writeFileSync(file, JSON.stringify({ settings: { ...settings, epochs }, space: { learningRate } }));
  const out = path.join(folder, name);
  const [began, before] = [performance.now(), spent()];
  execFileSync(process.execPath, [loam, "sweep", file, "--out", out, "--parallel", String(processes)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const wall = (performance.now() - began) / 1000;
  const processor = spent() - before;
  const outcomes = readdirSync(path.join(out, "outcomes")).map((one) => path.join(out, "outcomes", one));
  const trained = outcomes.map((one) => JSON.parse(readFileSync(one, "utf8")));
  return { wall, processor, trained, idle: idleSeconds(outcomes) };
}

/** Seconds that processes had nothing more to train while others did. The last outcomes, one a process, are those that nothing followed. */
function idleSeconds(outcomes) {
  const ends = outcomes
    .map((one) => statSync(one).mtimeMs / 1000)
    .sort((a, b) => a - b)
    .slice(-processes);
  return sumOf(ends.map((end) => ends.at(-1) - end));
}

const sumOf = (numbers) => numbers.reduce((sum, one) => sum + one, 0);
const percent = (share) => `${(100 * share).toFixed(2)} %`;

try {
  // So many that a first epoch, which compiles, does not count for the others.
  const some = 12;
  const short = sweep("first", processes, some);
  // By the processor, as a trial is as long as it would be on a machine of its own.
  const epochs = Math.max(
    1,
    Math.round((some * Number(seconds)) / Math.max(...short.trained.map((one) => one.processor))),
  );
  const shares = Array.from({ length: Number(rounds) }, (_, round) => {
    const { wall, processor, trained, idle } = sweep(`round-${round}`, count, epochs);
    const clock = sumOf(trained.map((one) => one.seconds));
    const own = sumOf(trained.map((one) => one.processor));
    const [all, few] = [processor - own, short.processor - sumOf(short.trained.map((one) => one.processor))];
    const each = (all - few) / (count - processes);
    const byClock = (processes * wall - idle) / clock - 1;
    const byProcessor = processor / own - 1;
    console.log(
      `${count} trials of ${epochs} epochs, each ${(clock / count).toFixed(2)} s and ${(own / count).toFixed(2)} s of the processor, on ${processes} processes: ${wall.toFixed(1)} s; beside training ${percent(byClock)} by the clock, ${((processes * wall - idle - clock) / count).toFixed(2)} s a trial, and ${idle.toFixed(1)} s of a core without a trial at the end; ${percent(byProcessor)} by the processor, ${(all / count).toFixed(2)} s a trial, or ${each.toFixed(2)} s each and ${(all - count * each).toFixed(2)} s once; load ${loadavg()[0].toFixed(1)}`,
    );
    return { byClock, byProcessor };
  });
  const least = (name) => percent(Math.min(...shares.map((one) => one[name])));
  console.log(
    `least of ${rounds}: ${least("byClock")} by the clock, ${least("byProcessor")} by the processor`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
