// What a sweep costs beside its trainings: the command's wall time, times the processes, over the seconds that training alone took in all trials.
//   node scripts/sweep-overhead.mjs [trials, 12 by default] [seconds a trial, 10] [data, digits] [model, mlp] [rounds, 1] [processes, the cores]
// A trial's seconds are those that it took while the others ran beside it, so that a busy machine makes both sides of the ratio longer. The trials differ in
// their rate alone, and so are equally long; as many of them as fill the processes are timed, and no core waits for a last one.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** A sweep of so many trials of so many epochs: its wall time, and the seconds that each trial trained. */
function sweep(name, many, epochs) {
  const file = path.join(folder, `${name}.json`);
  const learningRate = Array.from({ length: many }, (_, i) => Number((0.01 / (1 + i)).toPrecision(3)));
  writeFileSync(file, JSON.stringify({ settings: { ...settings, epochs }, space: { learningRate } }));
  const out = path.join(folder, name);
  const began = performance.now();
  execFileSync(process.execPath, [loam, "sweep", file, "--out", out, "--parallel", String(processes)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const wall = (performance.now() - began) / 1000;
  const outcomes = path.join(out, "outcomes");
  const trained = readdirSync(outcomes).map(
    (one) => JSON.parse(readFileSync(path.join(outcomes, one), "utf8")).seconds,
  );
  return { wall, trained };
}

try {
  const some = 4;
  const { trained: first } = sweep("first", processes, some);
  const epochs = Math.max(1, Math.round((some * Number(seconds)) / Math.max(...first)));
  const shares = Array.from({ length: Number(rounds) }, (_, round) => {
    const { wall, trained } = sweep(`round-${round}`, count, epochs);
    const sum = trained.reduce((total, one) => total + one, 0);
    const share = (processes * wall) / sum - 1;
    console.log(
      `${count} trials of ${epochs} epochs, ${(sum / count).toFixed(2)} s each, on ${processes} processes: ${wall.toFixed(1)} s; beside training ${(100 * share).toFixed(2)} %, ${((processes * wall - sum) / count).toFixed(2)} s a trial; load ${loadavg()[0].toFixed(1)}`,
    );
    return share;
  });
  console.log(`least of ${rounds}: ${(100 * Math.min(...shares)).toFixed(2)} %`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
