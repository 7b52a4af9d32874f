// What `loam train` does beside training: `npm run bench -- command`.
//
// The command's own bar, epoch lines, history and checkpoints are called back by `fit`, and their time is taken where they are: the clock runs while
// a callback does, be it that it waits for the disk. So one run has both sides of the ratio, and a busy machine makes both slower. The
// schema is what finding out a table's columns and making inputs of them takes beside the training of its network.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run, Terminal } from "../packages/cli/dist/node/main.js";
import { Sequential } from "../packages/nn/dist/node/index.js";
import { fitTable, parseTable, understandTable } from "../packages/nn/dist/node/table.js";

/** A terminal whose bar is drawn, to nobody. */
function terminal() {
  const said = { stdout: "" };
  const stdout = {
    write(text) {
      said.stdout += text;
      return true;
    },
  };
  const ignore = () => true;
  const stderr = {
    isTTY: true,
    columns: 100,
    write: ignore,
    on: ignore,
    once: ignore,
    removeListener: ignore,
  };
  return { screen: new Terminal(stdout, stderr), said };
}

/** The seconds that `fit` spends in each callback, added to `spent`, while `work` runs. */
async function withClock(spent, work) {
  const { fit } = Sequential.prototype;
  const timed = (name, call) =>
    call &&
    (async (...words) => {
      const before = performance.now();
      try {
        return await call(...words);
      } finally {
        spent[name] = (spent[name] ?? 0) + (performance.now() - before) / 1000;
      }
    });
  Sequential.prototype.fit = function (data, options) {
    const { onSlice, onEpochEnd } = options;
    return fit.call(this, data, {
      ...options,
      onSlice: timed("bar", onSlice),
      onEpochEnd: timed("log", onEpochEnd),
    });
  };
  try {
    return await work();
  } finally {
    Sequential.prototype.fit = fit;
  }
}

async function train(words) {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-bench-"));
  const spent = {};
  const { screen, said } = terminal();
  try {
    const all = ["train", ...words, "--seed", "1", "--out", path.join(folder, "run"), "--json"];
    const code = await withClock(spent, () => run(all, screen));
    if (code !== 0) throw new Error(`loam train ended with ${code}`);
    const { seconds, epochs } = JSON.parse(said.stdout.trimEnd().split("\n").at(-1));
    return { seconds, epochs, ...spent };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Seconds for finding out what a table of so many rows is about and making inputs of it, the least of five, beside its network's training. */
async function schema(rows) {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-bench-"));
  const file = path.join(folder, "table.csv");
  const cells = (i) =>
    [
      i % 7,
      (i * 37) % 101,
      ["red", "green", "blue"][i % 3],
      ((i * 7919) % 1000) / 10,
      (i % 7) * 3 + (i % 3) + 0.5,
    ].join(",");
  const text = ["a,b,colour,c,price", ...Array.from({ length: rows }, (_, i) => cells(i))].join("\n");
  await writeFile(file, text);
  try {
    const times = [];
    for (let i = 0; i < 5; i++) {
      const cells = parseTable(text, { name: "table.csv" });
      const before = performance.now();
      const understood = understandTable(cells, { target: "price" });
      fitTable(understood, Uint32Array.from(understood.task.rows.keys()), "auto");
      times.push((performance.now() - before) / 1000);
    }
    const how = ["--data", file, "--target", "price", "--epochs", "600", "--patience", "600"];
    return { ...(await train(how)), schema: Math.min(...times) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Seconds of `fit`, and of what the command does in it, of a network that is as fast as one is and of a table's. */
export async function measureCommand() {
  const digits = await train(["--model", "mlp", "--limit", "20000", "--epochs", "60"]);
  const table = await schema(20_000);
  return [
    { name: "mlp on 20,000 digits", ...digits },
    { name: "a table of 20,000 rows", ...table },
  ].map(({ name, seconds, epochs, bar = 0, log = 0, schema: reading }) => ({
    name,
    epochs,
    seconds,
    bar: bar / seconds,
    log: log / seconds,
    ...(reading !== undefined && { schema: reading / seconds }),
  }));
}
