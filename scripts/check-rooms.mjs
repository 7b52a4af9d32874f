// Reads every import of the packages, those of types alone included, and prints what goes against the house: kernels-as ← nn ← cli, demo, inside
// nn the table below, and nowhere a circle of files. What cannot be mended at once is on a list, which only gets shorter.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EXCEPTIONS } from "./rooms-exceptions.mjs";

/** Which of the house's packages a package may name. */
const PACKAGES = {
  "packages/kernels-as": [],
  "packages/nn": ["@loam/kernels-as"],
  "packages/cli": ["@loam/nn", "@loam/kernels-as"],
  "apps/demo": ["@loam/nn", "@loam/kernels-as"],
};

/** Which rooms of nn a room may know. Files beside index.ts are rooms of their own. */
const ROOMS = {
  signs: [],
  errors: ["signs"],
  options: ["errors"],
  "known-name": ["errors"],
  version: [],
  graph: ["errors"],
  reference: ["errors", "graph"],
  ops: ["errors", "graph"],
  autodiff: ["errors", "graph", "ops"],
  initializers: ["errors", "options", "graph", "ops"],
  schedules: ["errors", "options"],
  regularizers: ["errors", "options", "graph", "ops"],
  losses: ["errors", "options", "known-name", "graph", "ops"],
  metrics: ["errors", "options", "graph", "ops"],
  optimizers: ["errors", "options", "known-name", "schedules", "graph", "ops"],
  layers: ["errors", "options", "known-name", "graph", "ops", "initializers", "regularizers"],
  platform: ["errors"],
  schema: ["errors"],
  data: ["errors", "options", "known-name", "graph", "platform", "io", "schema"],
  io: ["errors"],
  onnx: ["errors", "graph", "ops", "reference", "initializers", "layers", "io"],
  program: ["errors", "graph", "ops", "autodiff", "data", "optimizers"],
  training: [
    ...[
      "signs",
      "errors",
      "options",
      "graph",
      "ops",
      "data",
      "schema",
      "program",
      "metrics",
      "initializers",
      "losses",
      "optimizers",
    ],
  ],
  sweep: ["errors", "options", "data", "training"],
  "sweep-node": ["errors", "options", "sweep"],
  model: [
    ...[
      "signs",
      "errors",
      "options",
      "known-name",
      "graph",
      "ops",
      "initializers",
      "regularizers",
      "losses",
      "metrics",
      "optimizers",
      "schedules",
    ],
    ...["layers", "data", "schema", "io", "onnx", "program", "training", "platform", "version"],
  ],
};

ROOMS.testing = [...ROOMS.model, "model", "reference", "autodiff"];

/** Only program/ knows kernels. The others here take float64 scalars and random numbers, or pass an engine on. */
const KNOW_KERNELS = [
  "program/",
  "data/",
  "initializers/",
  "schedules/",
  "optimizers/",
  "sweep/",
  "model/probabilities.ts",
  "index.ts",
];

/** `import … from "a"` and `export … from "a"`, or `import "a"` and `import("a")`. */
const IMPORT =
  /(?:^|[\s;}])(?:(?:import|export)\s+[^"';()]*?\s*from\s*["']([^"']+)["']|import\s*\(?\s*["']([^"']+)["'])/g;

/** What a file imports, values and types alike, in order. */
export function importsOf(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(IMPORT)].map(([, one, other]) => one ?? other);
}

function roomOf(file) {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : file.replace(/\.ts$/, "");
}

/** Sentences about the imports of one file that go against the house. `file` is its path from the repository's root. */
export function offences(file, source) {
  return importsOf(source).flatMap((specifier) => {
    const why = offence(file, specifier);
    return why === undefined ? [] : [`${file} imports "${specifier}": ${why}`];
  });
}

/** Why a file may not import this; undefined where it may. */
function offence(file, specifier) {
  const home = homeOf(file);
  if (!home) return undefined;
  const inside = file.slice(`${home}/src/`.length);
  const nn = home === "packages/nn";
  if (specifier.startsWith("@loam/")) {
    const name = specifier.split("/").slice(0, 2).join("/");
    if (!PACKAGES[home].includes(name)) return `${home} may not know ${name}`;
    if (nn && !KNOW_KERNELS.some((one) => inside.startsWith(one)))
      return "of nn, program/ alone knows kernels";
  } else if (specifier.startsWith("node:")) {
    const neutral = home === "packages/kernels-as" || nn || home === "apps/demo";
    if (neutral && !/^(platform|threads)\/|node/.test(inside))
      return "a browser has no such module; go through #platform";
  } else if (specifier === "#platform") {
    if (nn && !ROOMS[roomOf(inside)]?.includes("platform")) return "this room stays off files and network";
  } else if (specifier.startsWith(".")) {
    const target = path.posix.join(path.posix.dirname(inside), specifier);
    if (target.startsWith("..")) return "an import leaves its package; name the package instead";
    const [from, to] = [roomOf(inside), roomOf(target.replace(/\.js$/, ".ts"))];
    if (!nn || inside === "index.ts" || from === to) return undefined;
    if (!ROOMS[from]) return `the room ${from} is not in the table of scripts/check-rooms.mjs`;
    if (!ROOMS[from].includes(to)) return `${from} may not know ${to}`;
  }
  return undefined;
}

function homeOf(file) {
  return Object.keys(PACKAGES).find((one) => file.startsWith(`${one}/src/`));
}

/** The shortest circle of files that import each other, first and last the same; undefined where there is none. */
export function shortestCircle(files, exceptions = []) {
  const graph = graphOf(files, exceptions);
  let shortest;
  for (const file of graph.keys()) {
    const back = shortestWay(graph, file, file);
    if (back && (!shortest || back.length < shortest.length)) shortest = back;
  }
  return shortest;
}

/** By file, the files of its package that it imports. */
function graphOf(files, exceptions) {
  const names = new Set(files.map(([file]) => file));
  return new Map(
    files.map(([file, source]) => [
      file,
      importsOf(source)
        .filter((specifier) => !exceptions.some((one) => one.file === file && one.imports === specifier))
        .map((specifier) => targetOf(file, specifier))
        .filter((target) => names.has(target)),
    ]),
  );
}

/** The file that a relative import means. */
function targetOf(file, specifier) {
  if (!specifier.startsWith(".")) return undefined;
  return path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, ".ts");
}

/** The files on the shortest way along at least one import; breadth first. */
function shortestWay(graph, from, to) {
  const cameFrom = new Map();
  for (const queue = [from]; queue.length > 0; ) {
    const file = queue.shift();
    for (const next of graph.get(file) ?? []) {
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      if (next !== to) {
        queue.push(next);
        continue;
      }
      const way = [to];
      do way.unshift(cameFrom.get(way[0]));
      while (way[0] !== from);
      return way;
    }
  }
  return undefined;
}

/** Sentences about exceptions that nothing needs any more: the import is gone, or goes against nothing. */
export function needless(files, exceptions) {
  return exceptions.flatMap((one) => {
    const { file, imports } = one;
    const source = files.find(([name]) => name === file)?.[1] ?? "";
    const others = exceptions.filter((other) => other !== one);
    const circles = () => shortestWay(graphOf(files, others), targetOf(file, imports), file);
    if (importsOf(source).includes(imports) && (offence(file, imports) || circles())) return [];
    return [
      `${file} imports "${imports}": no exception is needed; take it out of scripts/rooms-exceptions.mjs`,
    ];
  });
}

/** All that is wrong with the house's imports, a sentence each. */
export function findings(files, exceptions = EXCEPTIONS) {
  const isExcepted = (sentence) =>
    exceptions.some(({ file, imports }) => sentence.startsWith(`${file} imports "${imports}": `));
  const circle = shortestCircle(files, exceptions);
  return [
    ...files.flatMap(([file, text]) => offences(file, text)).filter((sentence) => !isExcepted(sentence)),
    ...(circle ? [`a circle of files: ${circle.join(" → ")}`] : []),
    ...needless(files, exceptions),
  ];
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
  const wrong = findings(await sources(root));
  for (const line of wrong) process.stderr.write(`${line}\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
