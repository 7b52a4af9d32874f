// How well `loam train` does on real tables with nothing but the target named: node scripts/table-accuracy.mjs [table …] [-- flags of loam train].
// Five splits a table, of which row i mod 5 = 0 … 4, counted from 0, is the test; seed 1; the mean over the splits. Reads $LOAM_DATA/tables.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../packages/cli/bin/loam.js", import.meta.url));

/** By table: what is predicted, which columns are left out, and what is measured. */
const TABLES = {
  iris: { target: "species", measure: "accuracy" },
  penguins: { target: "species", measure: "accuracy" },
  titanic: { target: "Survived", drop: "PassengerId,Name,Ticket,Cabin", measure: "accuracy" },
  mpg: { target: "mpg", drop: "name", measure: "rmse" },
  housing: { target: "median_house_value", measure: "rmse" },
};

function loam(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...words], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The measure on the test rows of one split, and the seconds that training took, start of the command included. */
async function split(folder, [header, ...rows], k, { target, drop, measure }, flags) {
  const write = async (name, wanted) => {
    const file = path.join(folder, name);
    await writeFile(file, `${[header, ...rows.filter((_, i) => wanted(i % 5))].join("\n")}\n`);
    return file;
  };
  const training = await write("training.csv", (i) => i !== k);
  const test = await write("test.csv", (i) => i === k);
  const out = path.join(folder, `run${k}`);
  const words = [
    "--target",
    target,
    ...(drop ? ["--drop", drop] : []),
    "--seed",
    "1",
    "--out",
    out,
    "--json",
  ];
  const start = performance.now();
  const { model } = loam("train", "--data", training, ...words, ...flags);
  const seconds = (performance.now() - start) / 1000;
  return { value: loam("evaluate", model, "--data", test, "--json")[measure], seconds };
}

async function measure(name, flags) {
  const table = TABLES[name];
  const text = await readFile(path.join(process.env.LOAM_DATA, "tables", `${name}.csv`), "utf8");
  const lines = text.trimEnd().split(/\r?\n/);
  const folder = await mkdtemp(path.join(tmpdir(), "loam-tables-"));
  try {
    const splits = [];
    for (let k = 0; k < 5; k++) splits.push(await split(folder, lines, k, table, flags));
    const mean = splits.reduce((sum, { value }) => sum + value, 0) / splits.length;
    const show = (value) =>
      table.measure === "accuracy" ? `${(100 * value).toFixed(2)} %` : value.toPrecision(5);
    const slowest = Math.max(...splits.map(({ seconds }) => seconds));
    console.log(
      `${name.padEnd(9)} ${table.measure.padEnd(8)} ${show(mean).padStart(8)}   (${splits.map(({ value }) => show(value)).join(", ")}), ${slowest.toFixed(1)} s at most`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The extent of sea ice 30 days ahead, over every origin of the last fifth of the rows. */
async function measureSeries(flags) {
  const data = path.join(process.env.LOAM_DATA, "tables", "seaice.csv");
  const folder = await mkdtemp(path.join(tmpdir(), "loam-series-"));
  try {
    const words = ["--target", "Extent", "--horizon", "30d", "--test-split", "0.2", "--seed", "1"];
    const start = performance.now();
    const result = loam(
      "train",
      "--data",
      data,
      ...words,
      "--out",
      path.join(folder, "run"),
      "--json",
      ...flags,
    );
    const seconds = (performance.now() - start) / 1000;
    const beside = Object.values(result.testBaselines).map(
      ({ rule, rmse }) => `${rule} ${rmse.toPrecision(4)}`,
    );
    console.log(
      `seaice    rmse     ${result.testRmse.toPrecision(4).padStart(8)}   (${beside.join(", ")}), ${seconds.toFixed(1)} s`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (!process.env.LOAM_DATA) throw new Error("set LOAM_DATA to the folder that holds tables/");
const words = process.argv.slice(2);
const bar = words.indexOf("--");
const names = bar < 0 ? words : words.slice(0, bar);
const flags = bar < 0 ? [] : words.slice(bar + 1);
for (const name of names.length > 0 ? names : [...Object.keys(TABLES), "seaice"]) {
  if (name === "seaice") await measureSeries(flags);
  else await measure(name, flags);
}
