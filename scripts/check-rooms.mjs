// Reads every import of the packages and prints the ones that go against the house: kernels-as ← nn ← cli, demo, and inside nn the
// table below. An import of types alone vanishes when compiled and may point anywhere within its package.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Which of the house's packages a package may name. */
const PACKAGES = {
  "packages/kernels-as": [],
  "packages/nn": ["@loam/kernels-as"],
  "packages/cli": ["@loam/nn", "@loam/kernels-as"],
  "apps/demo": ["@loam/nn", "@loam/kernels-as"],
};

/** Which rooms of nn the values of a room may come from. Files beside index.ts are rooms of their own. */
const ROOMS = {
  errors: [],
  options: ["errors"],
  version: [],
  graph: ["errors"],
  reference: ["errors", "graph"],
  ops: ["errors", "graph"],
  autodiff: ["errors", "graph", "ops"],
  initializers: ["errors", "options", "graph", "ops"],
  schedules: ["errors", "options"],
  regularizers: ["errors", "options", "graph", "ops"],
  losses: ["errors", "options", "graph", "ops"],
  metrics: ["errors", "options", "graph", "ops"],
  optimizers: ["errors", "options", "schedules"],
  layers: ["errors", "options", "graph", "ops", "initializers", "regularizers"],
  platform: ["errors"],
  data: ["errors", "options", "graph", "platform"],
  io: ["errors"],
  program: ["errors", "graph", "ops", "autodiff", "data", "optimizers"],
  training: [
    ...[
      "errors",
      "options",
      "graph",
      "ops",
      "data",
      "program",
      "metrics",
      "initializers",
      "losses",
      "optimizers",
    ],
  ],
  model: [
    ...[
      "errors",
      "options",
      "graph",
      "ops",
      "initializers",
      "regularizers",
      "losses",
      "metrics",
      "optimizers",
      "schedules",
    ],
    ...["layers", "data", "io", "program", "training", "platform", "version"],
  ],
};

/** Only program/ knows kernels. The others here take float64 scalars and random numbers, or pass an engine on. */
const KNOW_KERNELS = [
  "program/",
  "data/",
  "initializers/",
  "schedules/",
  "model/probabilities.ts",
  "index.ts",
];

const IMPORT = /(?:^|[\s;}])(?:import|export)\s+(type\s+)?([^"';()]*?)\s*from\s*["']([^"']+)["']/g;
const BARE_IMPORT = /(?:^|[\s;}])import\s*\(?\s*["']([^"']+)["']/g;

/** Every import of a file: what it names and whether it is of types alone. */
export function importsOf(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found = [];
  for (const [, typed, names, specifier] of code.matchAll(IMPORT)) {
    const list = /^\{([^}]*)\}$/
      .exec(names.trim())?.[1]
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean);
    found.push({
      specifier,
      types: Boolean(typed) || (list?.every((one) => one.startsWith("type ")) ?? false),
    });
  }
  for (const [, specifier] of code.matchAll(BARE_IMPORT)) found.push({ specifier, types: false });
  return found;
}

function roomOf(file) {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : file.replace(/\.ts$/, "");
}

/** Sentences about the imports of one file that go against the house. `file` is its path from the repository's root. */
export function offences(file, source) {
  const home = Object.keys(PACKAGES).find((one) => file.startsWith(`${one}/src/`));
  if (!home) return [];
  const inside = file.slice(`${home}/src/`.length);
  const wrong = [];
  for (const { specifier, types } of importsOf(source)) {
    const say = (why) => wrong.push(`${file} imports "${specifier}": ${why}`);
    if (specifier.startsWith("@loam/")) {
      const name = specifier.split("/").slice(0, 2).join("/");
      if (!PACKAGES[home].includes(name)) say(`${home} may not know ${name}`);
      if (home === "packages/nn" && !types && !KNOW_KERNELS.some((one) => inside.startsWith(one))) {
        say("of nn, program/ alone knows kernels");
      }
    } else if (specifier.startsWith("node:")) {
      const neutral = home === "packages/kernels-as" || home === "packages/nn" || home === "apps/demo";
      if (neutral && !/^(platform|threads)\/|node/.test(inside))
        say("a browser has no such module; go through #platform");
    } else if (specifier === "#platform") {
      if (home === "packages/nn" && !ROOMS[roomOf(inside)]?.includes("platform"))
        say("this room stays off files and network");
    } else if (specifier.startsWith(".")) {
      const target = path.posix.join(path.posix.dirname(inside), specifier).replace(/\.js$/, ".ts");
      if (target.startsWith("..")) say("an import leaves its package; name the package instead");
      else if (home === "packages/nn" && !types && inside !== "index.ts") {
        const from = roomOf(inside);
        const to = roomOf(target);
        if (from === to) continue;
        if (!ROOMS[from]) say(`the room ${from} is not in the table of scripts/check-rooms.mjs`);
        else if (!ROOMS[from].includes(to)) say(`${from} may not know ${to}`);
      }
    }
  }
  return wrong;
}

/** All sources of the house as [path from the root, text], tests left out: they may look anywhere. */
export async function sources(root) {
  const found = [];
  for (const home of Object.keys(PACKAGES)) {
    const files = await readdir(path.join(root, home, "src"), { recursive: true }).catch(() => []);
    for (const file of files.map((one) => one.split(path.sep).join("/")).sort()) {
      if (!/\.ts$/.test(file) || /\.test\.ts$/.test(file)) continue;
      found.push([`${home}/src/${file}`, await readFile(path.join(root, home, "src", file), "utf8")]);
    }
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
  const wrong = (await sources(root)).flatMap(([file, text]) => offences(file, text));
  for (const line of wrong) process.stderr.write(`${line}\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
