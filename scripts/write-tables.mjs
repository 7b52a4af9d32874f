// Writes what the documents quote: between their markers the names and tables of layers, losses and optimizers, from the library's exports, and
// the figures of bench/results.json and the like; and behind each program with a block of output, what it prints. With --check it runs no program, writes nothing
// and ends with code 1 when a table is not what it would write.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  layerClasses,
  lossFactories,
  optimizerClasses,
  standardModelNames,
} from "../packages/nn/dist/index.js";
import { comparedText } from "./compared-table.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Where the members of a family are listed, in nn's sources. */
const LAYERS = "layers/classes.ts";
const LOSSES = "losses/factories.ts";
const METRICS = "metrics/counted/index.ts";
const OPTIMIZERS = "optimizers/classes.ts";

const table = (heads, rows) =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const code = (names) => names.map((name) => `\`${name}\``).join(" ");

/** The values that an index of nn exports, with the comments over them as their groups, as they stand there. */
async function exported(file) {
  const text = await readFile(path.join(root, "packages/nn/src", file), "utf8");
  const groups = [{ title: "", names: [] }];
  for (const [, comment, type, list] of text.matchAll(/^\/\/ (.*)\n\n|^export (type )?\{([^}]*)\}/gm)) {
    if (comment !== undefined) groups.push({ title: comment, names: [] });
    else if (!type)
      groups.at(-1).names.push(
        ...list
          .split(",")
          .map((one) => one.trim())
          .filter((one) => one !== "" && !one.startsWith("type ")),
      );
  }
  return groups.filter(({ names }) => names.length > 0);
}

async function namesIn(file) {
  return (await exported(file)).flatMap(({ names }) => names);
}

/** The members of a family with their names, in the order of the family's list. */
async function listed(members, file) {
  return (await namesIn(file)).map((name) => [name, members[name]]);
}

/** The first sentence of the docstring above each exported class or function of a folder of nn, by its name. */
async function sentences(folder) {
  const found = new Map();
  const where = path.join(root, "packages/nn/src", folder);
  for (const file of await readdir(where)) {
    if (!/\.ts$/.test(file) || /\.test\.ts$/.test(file)) continue;
    const text = await readFile(path.join(where, file), "utf8");
    for (const [, doc, name] of text.matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:class|function) (\w+)/g,
    )) {
      const plain = doc
        .replace(/^\s*\* ?/gm, "")
        .trim()
        .split(/\n\s*\n/)[0]
        .replace(/\s+/g, " ");
      found.set(
        name,
        plain
          .split(/(?<=\.)(?: |$)/)[0]
          .replace(/[.:]$/, "")
          .replaceAll("|", "\\|"),
      );
    }
  }
  return found;
}

/** Options without which a layer cannot be, and what it is built on to see its parameters. */
const NEEDED = {
  Dense: [{ units: 2 }, [4]],
  Conv2d: [{ filters: 2, kernelSize: 3 }, [1, 8, 8]],
  MaxPool2d: [{ kernelSize: 2 }, [1, 8, 8]],
  AvgPool2d: [{ kernelSize: 2 }, [1, 8, 8]],
  DepthwiseConv2d: [{ kernelSize: 3 }, [1, 8, 8]],
  SeparableConv2d: [{ filters: 2, kernelSize: 3 }, [1, 8, 8]],
  Conv2dTranspose: [{ filters: 2, kernelSize: 3 }, [1, 8, 8]],
  Conv1d: [{ filters: 2, kernelSize: 3 }, [8, 2]],
  MaxPool1d: [{}, [8, 2]],
  AvgPool1d: [{}, [8, 2]],
  RepeatVector: [{ n: 2 }, [4]],
  Dropout: [{ rate: 0.5 }, [4]],
  SpatialDropout2d: [{ rate: 0.5 }, [1, 8, 8]],
  GaussianNoise: [{ stddev: 0.1 }, [4]],
  GroupNorm: [{ groups: 2 }, [4]],
  SimpleRNN: [{ units: 2 }, [4, 2]],
  LSTM: [{ units: 2 }, [4, 2]],
  GRU: [{ units: 2 }, [4, 2]],
  Reshape: [{ targetShape: [2, 2] }, [4]],
  Permute: [{ dims: [2, 1] }, [2, 2]],
  AdaptiveAvgPool2d: [{ outputSize: 2 }, [1, 4, 4]],
  AdaptiveMaxPool2d: [{ outputSize: 2 }, [1, 4, 4]],
  Embedding: [{ inputDim: 3, outputDim: 2 }, [4]],
  ReversibleEmbedding: [{ inputDim: 3, outputDim: 2 }, [4]],
  PositionEmbedding: [{ sequenceLength: 4 }, [4, 2]],
  MultiHeadAttention: [{ numHeads: 1, keyDim: 2 }, [4, 2]],
};

function parametersOf(name, Class) {
  const [options, shape] = NEEDED[name] ?? [{}, [4]];
  const layer = new Class(options);
  const names = [];
  const make = (own, shape) => {
    names.push(own);
    return { name: own, shape };
  };
  layer.build(shape, { inputShapes: [shape], parameter: make, state: make });
  return names;
}

async function members() {
  const [layers, losses, optimizers] = await Promise.all(["layers", "losses", "optimizers"].map(sentences));
  return [
    table(
      ["layer", "what it does", "parameters and state"],
      (await listed(layerClasses, LAYERS)).map(([name, Class]) => [
        `\`${name}\``,
        layers.get(name) ?? "",
        parametersOf(name, Class)
          .map((one) => `\`${one}\``)
          .join(", ") || "none",
      ]),
    ),
    table(
      ["loss", "what it is", "takes"],
      (await listed(lossFactories, LOSSES)).map(([name, make]) => [
        `\`${name}\``,
        losses.get(name) ?? "",
        make().target === "dense" ? "numbers" : "class indices or rows",
      ]),
    ),
    table(
      ["optimizer", "what it is", "learning rate", "state"],
      (await listed(optimizerClasses, OPTIMIZERS)).map(([name, Class]) => {
        const optimizer = new Class({});
        const state =
          optimizer.slots.map((slot) => `\`${slot}\``).join(", ") || "none; `velocity` with momentum";
        return [`\`${name}\``, optimizers.get(name) ?? "", String(optimizer.learningRate), state];
      }),
    ),
  ].join("\n\n");
}

const fixed = (value, digits = 2) => value.toFixed(digits);
const percent = (share) => `${(100 * share).toFixed(0)} %`;

/** The figures of bench/results.json, or a sentence that there are none. */
async function speed() {
  const text = await readFile(path.join(root, "bench/results.json"), "utf8").catch(() => undefined);
  if (text === undefined)
    return "Not measured yet: `npm run bench -- --out bench/results.json`, then `node scripts/write-tables.mjs`.";
  const {
    machine,
    train = [],
    inference = [],
    gemm = [],
    curve = [],
    scaling = [],
    steady = [],
    start = [],
    size = [],
  } = JSON.parse(text);
  const parts = [
    `${machine.processor}, ${machine.cores} cores, ${machine.host}, ${machine.date.slice(0, 10)}, \`npm run bench\`:`,
  ];
  const find = (rows, name, threads, precision) =>
    rows.find((row) => row.name === name && row.threads === threads && row.precision === precision);
  if (train.length > 0) {
    const combinations = [
      [1, "standard"],
      [2, "standard"],
      [1, "fast"],
      [2, "fast"],
    ];
    const names = [...new Set(train.map(({ name }) => name))];
    parts.push(
      table(
        [
          "one training step, ms",
          "batch",
          ...combinations.map(([t, p]) => `${t} thread${t > 1 ? "s" : ""}, ${p}`),
          "of the peak, 1 thread, standard",
          "at best",
        ],
        names.map((name) => {
          const one = find(train, name, 1, "standard");
          const cells = combinations.map(([t, p]) => {
            const row = find(train, name, t, p);
            return row ? fixed(row.microsecondsPerStep / 1000) : "";
          });
          return [
            `\`${name}\``,
            String((one ?? train.find((row) => row.name === name)).batch),
            ...cells,
            one ? percent(one.ofPeak) : "",
            one ? percent(one.bestOfPeak) : "",
          ];
        }),
      ),
    );
  }
  if (inference.length > 0) {
    parts.push(
      table(
        ["inference, ms", "batch", "1 thread, standard", "2 threads, standard"],
        [...new Set(inference.map(({ name, batch }) => `${name} ${batch}`))].map((key) => {
          const [name, batch] = key.split(" ");
          const rows = inference.filter((row) => row.name === name && row.batch === Number(batch));
          const cell = (threads) => {
            const row = find(rows, name, threads, "standard");
            return row ? fixed(row.milliseconds, 3) : "";
          };
          return [`\`${name}\``, batch, cell(1), cell(2)];
        }),
      ),
    );
  }
  if (curve.length > 0) {
    const batches = [...new Set(curve.map(({ batch }) => batch))];
    parts.push(
      table(
        ["a sample's share of a step, µs, 1 thread", ...batches.map((batch) => `batch ${batch}`)],
        [...new Set(curve.map(({ name }) => name))].map((name) => [
          `\`${name}\``,
          ...batches.map((batch) => {
            const row = curve.find((one) => one.name === name && one.batch === batch);
            return row ? fixed(row.microsecondsPerStep / batch, 1) : "";
          }),
        ]),
      ),
    );
  }
  const products = gemm.filter(({ threads, precision }) => threads === 1 && precision === "standard");
  if (products.length > 0) {
    parts.push(
      table(
        ["matrix product", "from", "GFLOP/s", "of the peak", "at best"],
        products.map((row) => [
          `\`${row.name}\``,
          row.network,
          fixed(row.gflops, 1),
          percent(row.ofPeak),
          percent(row.bestOfPeak),
        ]),
      ),
    );
  }
  const facts = [
    ...scaling
      .filter(({ precision }) => precision === "standard")
      .map(
        (row) =>
          `${row.name} on ${row.threads} threads: ${fixed(row.gain)} times as fast, where the yardstick gains ${fixed(row.peakGain)}`,
      ),
    ...steady.map(
      (row) =>
        `1,000 steps of ${row.name}: ${row.collections} garbage collections, the heap grew by ${row.heapBytes} bytes`,
    ),
    ...start.map(
      (row) =>
        `from a process's start to the end of its first step of ${row.name}: ${fixed(row.milliseconds, 0)} ms`,
    ),
    ...size.map(
      (row) =>
        `a page that imports ${row.name}: ${fixed(row.total / 1000, 1)} KB gzipped, worker and binary included`,
    ),
  ];
  if (facts.length > 0) parts.push(facts.map((fact) => `- ${fact}`).join("\n"));
  return parts.join("\n\n");
}

function replaceBetween(text, name, content) {
  const pattern = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!pattern.test(text)) throw new Error(`there is no place for ${name}`);
  return text.replace(pattern, (_, begin, end) => `${begin}\n${content}\n\n${end}`);
}

/** Runs every program that a block of output follows and puts in what it prints. */
async function withOutputs(text) {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-readme-"));
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  let result = text;
  for (const [whole, code, output] of text.matchAll(
    /```js\n((?:(?!```)[\s\S])*)```\n\n```text\n([\s\S]*?)```/g,
  )) {
    const program = path.join(folder, "program.mjs");
    await writeFile(program, code);
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: folder });
    result = result.replace(whole, () =>
      whole.replace(`text\n${output}\`\`\``, () => `text\n${stdout}\`\`\``),
    );
  }
  await rm(folder, { recursive: true, force: true });
  return result;
}

/** What there is, by name, a line a kind. */
async function names() {
  const kinds = [
    ["layers", await namesIn(LAYERS)],
    ["losses", await namesIn(LOSSES)],
    ["metrics", await namesIn(METRICS)],
    ["optimizers", await namesIn(OPTIMIZERS)],
    ["networks", standardModelNames],
  ];
  return table(
    ["", ""],
    kinds.map(([kind, list]) => [kind, code(list)]),
  );
}

/** The same for who reads nn's own page: what one composes a training of. */
async function parts() {
  const rows = [
    ...(await exported(LAYERS)).map(({ title, names }, i) => [i === 0 ? `layers: ${title}` : title, names]),
    ["losses", await namesIn(LOSSES)],
    ['metrics, of `metrics`, and `"accuracy"`', await namesIn(METRICS)],
    ["figures of results", await namesIn("metrics/index.ts")],
    ["optimizers", await namesIn(OPTIMIZERS)],
    ...(await Promise.all(
      ["schedules", "initializers", "regularizers"].map(async (kind) => [
        kind,
        await namesIn(`${kind}/index.ts`),
      ]),
    )),
  ];
  return table(
    ["", ""],
    rows.map(([kind, list]) => [kind, code(list)]),
  );
}

async function ops() {
  return table(
    ["", ""],
    (await exported("ops/index.ts")).map(({ title, names }) => [title, code(names)]),
  );
}

/** The documents that the first page names, with its words. */
async function pages() {
  const text = await readFile(path.join(root, "README.md"), "utf8");
  const rows = [...text.matchAll(/^\| (\[.*\)) \| (.*) \|$/gm)];
  return rows.map(([, links, what]) => `- ${links}: ${what}`).join("\n");
}

/** What stands between which markers of which file. */
const PLACES = {
  "llms.txt": { names, pages },
  "README.md": { names },
  "README.ko.md": { names },
  "packages/nn/README.md": { parts, ops },
  "docs/members.md": { members },
  "docs/measurements.md": { compared: () => comparedText(table), speed },
};

for (const [name, parts] of Object.entries(PLACES)) {
  const file = path.join(root, name);
  const before = await readFile(file, "utf8");
  let after = before;
  for (const [marker, write] of Object.entries(parts)) after = replaceBetween(after, marker, await write());
  if (!process.argv.includes("--check")) await writeFile(file, await withOutputs(after));
  else if (after !== before) {
    process.stderr.write(`${name}: a table is not what scripts/write-tables.mjs writes; run it\n`);
    process.exitCode = 1;
  }
}
