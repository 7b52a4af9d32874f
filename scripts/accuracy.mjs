// npm run accuracy [-- name …] [--seeds 1,2,3] [--write]: trains on MNIST with the `loam` command and prints docs/measurements.md's figures on
// accuracy: every network, every optimizer, a network that has seen only synthetic digits, and drawings. --write puts them there.
//
// Others take long and are run by their names alone: mnist-resnet, fashion, char-gpt, char-lstm (text: both), adding; see scripts/accuracy/. Their results are
// kept in runs/accuracy and not measured again; what was stopped goes on. Besides: --threads n (the figures do not depend on it), --time for the time of
// a step alone, --held-out for settings, which are chosen on training data, and --try '{"epochs":6}' for some.
//
// LOAM_DATA names the folder of MNIST; LOAM_DIGITS one of drawings zero.png … nine.png, without which they are left out. The seeds are named
// beforehand, the median counts, and the test images choose nothing. `npm run accuracy -- mlp sgd` does a part.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildOrExit } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const loam = path.join(root, "packages/cli/bin/loam.js");

const { values, positionals } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    write: { type: "boolean", default: false },
    threads: { type: "string" },
    time: { type: "boolean", default: false },
    "held-out": { type: "boolean", default: false },
    try: { type: "string" },
  },
  allowPositionals: true,
});
const seeds = values.seeds.split(",").map(Number);
const wanted = (name) => positionals.length === 0 || positionals.includes(name);

const NETWORKS = { "mlp-sigmoid": 10, mlp: 5, cnn: 1, lenet: 2 };
const OPTIMIZERS = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw"];
const DRAWINGS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

if (!process.env.LOAM_DATA) {
  process.stderr.write("LOAM_DATA must name the folder of MNIST.\n");
  process.exit(1);
}
const short = [...Object.keys(NETWORKS), ...OPTIMIZERS, "digits"];
const long = positionals.filter((name) => !short.includes(name));
if (values.write && positionals.length > long.length) {
  process.stderr.write("--write is for the whole table; leave out the names.\n");
  process.exit(2);
}
buildOrExit();
if (long.length > 0) {
  await measureLong();
  process.exit();
}
const folder = await mkdtemp(path.join(tmpdir(), "loam-accuracy-"));

/** The marks that are run by name, which need the built library to be known at all. */
async function measureLong() {
  const { groups, runMarks } = await import("./accuracy/marks.mjs");
  const unknown = long.find((name) => !(name in groups));
  if (unknown || long.length < positionals.length) {
    process.stderr.write(
      unknown
        ? `${unknown}: expected some of ${[...short, ...Object.keys(groups)].join(", ")}.\n`
        : `Run ${long.join(" ")} apart from the others.\n`,
    );
    process.exit(2);
  }
  const texts = await runMarks(long, {
    seeds,
    data: process.env.LOAM_DATA,
    folder: path.join(root, "runs/accuracy"),
    heldOut: values["held-out"],
    timeOnly: values.time,
    ...(values.threads && { threads: Number(values.threads) }),
    ...(values.try && { settings: JSON.parse(values.try) }),
  });
  for (const [name, text] of texts) {
    process.stdout.write(`${text}\n`);
    if (values.write) await fill(name, text);
  }
}

/** Puts a text between its markers in docs/measurements.md. */
async function fill(name, text) {
  const file = path.join(root, "docs/measurements.md");
  const page = await readFile(file, "utf8");
  const place = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!place.test(page)) throw new Error(`docs/measurements.md has no place for ${name}`);
  await writeFile(
    file,
    page.replace(place, (_, begin, end) => `${begin}${text}\n${end}`),
  );
}

function run(...words) {
  const { status, stdout } = spawnSync(process.execPath, [loam, ...words, "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1));
}

/** Test accuracies of one way to train, a seed each, as cells of a table: `97.31, 97.30, 97.31 %` and the median. */
function measure(name, ...words) {
  const found = seeds.map((seed) => {
    const out = `${name}-${seed}`.replaceAll(" ", "-");
    return 100 * run("train", ...words, "--seed", String(seed), "--out", out).testAccuracy;
  });
  const median = found.toSorted((a, b) => a - b)[seeds.length >> 1];
  const cells = [`${found.map((one) => one.toFixed(2)).join(", ")} %`, `${median.toFixed(2)} %`];
  process.stderr.write(`${name}: ${cells.join("; median ")}\n`);
  return cells;
}

const table = (heads, rows) =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const named =
  seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.slice(0, -1).join(", ")} and ${seeds.at(-1)}`;

const parts = [];
const networks = Object.entries(NETWORKS).filter(([name]) => wanted(name));
if (networks.length > 0) {
  parts.push(
    `Real MNIST, 60,000 training and 10,000 test images, \`loam train --data mnist\`, ${named}:`,
    table(
      ["network", "epochs", "test accuracy by seed", "median"],
      networks.map(([name, epochs]) => [
        `\`${name}\``,
        epochs,
        ...measure(name, "--data", "mnist", "--model", name, "--epochs", String(epochs)),
      ]),
    ),
  );
}
const optimizers = OPTIMIZERS.filter(wanted);
if (optimizers.length > 0) {
  const words = ["--data", "mnist", "--model", "mlp", "--dropout", "0", "--batch-size", "32"];
  parts.push(
    `One epoch of \`loam train ${words.join(" ")}\` with each optimizer at its [documented rate](docs/cli.md#loam-train):`,
    table(
      ["optimizer", "test accuracy by seed", "median"],
      optimizers.map((name) => [`\`${name}\``, ...measure(name, ...words, "--optimizer", name)]),
    ),
  );
}
if (wanted("digits")) {
  const words = ["--model", "lenet", "--data", "digits", "--limit", "60000", "--epochs", "3"];
  const [all, median] = measure("digits", ...words, "--test-data", "mnist");
  parts.push(
    `A \`lenet\` trained on the synthetic digits alone (\`--limit 60000 --epochs 3\`) reads of MNIST's test images, with ${named}, ${all}: median ${median}.`,
  );
}
if (wanted("lenet") && process.env.LOAM_DIGITS) {
  const model = path.join(`lenet-${seeds[0]}`, "model.safetensors");
  const files = DRAWINGS.map((name) => path.join(process.env.LOAM_DIGITS, `${name}.png`));
  const right = run("predict", model, ...files).predictions.filter(({ label }, digit) => label === digit);
  parts.push(
    `Of ten digits that were drawn by hand in a paint program, dark on light, the \`lenet\` of seed ${seeds[0]} reads ${right.length}.`,
  );
}
await rm(folder, { recursive: true });

const text = parts.join("\n\n");
process.stdout.write(`${text}\n`);
if (values.write) await fill("accuracy", text);
