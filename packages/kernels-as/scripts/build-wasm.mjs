// Compiles assembly/ into the plain and the relaxed SIMD binary, each in full, as a core of what networks of dense layers run, and as the wide one, and
// embeds them as base64 in src/generated/: deflated for browsers, as they are for Node, which alone has the wide ones. As it is, it would reach a page half as large again, since base64 hides from gzip what repeats.
// Every file is written beside its target and renamed, so that a failing build leaves the last good one in place.
import { spawn } from "node:child_process";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const asc = path.join(
  path.dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")),
  "bin/asc.js",
);

/** Where the static data of the full binaries begins: past that of the cores, since both kinds may be in use over one memory. */
const FULL_BASE = 32_768;

const FEATURES = ["simd", "threads", "bulk-memory", "nontrapping-f2i", "sign-extension"];
const COMMON = [
  "--runtime",
  "stub",
  "--use",
  "abort=",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory",
  "2",
  "--maximumMemory",
  "65536",
  "--noAssert",
  "--optimizeLevel",
  "3",
  "--shrinkLevel",
  "1",
  // "Exchange of v128 values is not supported by all embeddings": none is exchanged, such functions are exported to other files only.
  "--disableWarning",
  "112",
];

/**
 * Runs the AssemblyScript compiler; its own output goes to stderr, so that a caller's stdout stays clean. A warning ends the build: where one
 * may stay, the next is not read.
 */
function compile(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [asc, ...args], { cwd: root, stdio: ["ignore", 2, "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      process.stderr.write(text);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) reject(new Error(`asc ended with code ${code}`));
      else if (/^WARNING /m.test(said)) reject(new Error("asc has warnings"));
      else resolve();
    });
  });
}

async function writeBeside(target, content) {
  const beside = `${target}.${process.pid}.tmp`;
  await writeFile(beside, content);
  await rename(beside, target);
}

async function build(name) {
  const full = !name.startsWith("core-");
  const wide = name.startsWith("wide-");
  const features = name.endsWith("relaxed") ? [...FEATURES, "relaxed-simd"] : FEATURES;
  const parts = full
    ? ["assembly/index.ts", "--use", "FULL=1", "--memoryBase", String(FULL_BASE)]
    : ["assembly/core.ts", "--use", "FULL=0"];
  const wasm = path.join(root, "build", `${name}.${process.pid}.wasm`);
  const enable = features.flatMap((feature) => ["--enable", feature]);
  parts.push("--use", `WIDE=${wide ? 1 : 0}`);
  await compile([...parts, ...COMMON, ...enable, "--outFile", wasm]);
  const bytes = await readFile(wasm);
  await rename(wasm, path.join(root, "build", `${name}.wasm`));
  const embed = (form, text) =>
    writeBeside(
      path.join(root, "src/generated", form, `${name}.ts`),
      `/** The ${name} binary, ${form}. */\nexport const ${form}Base64 =\n  ${text};\n`,
    );
  const base64 = (data) => `"${Buffer.from(data).toString("base64")}"`;
  if (!wide) await embed("deflated", base64(deflateRawSync(bytes, { level: 9, memLevel: 9 })));
  await embed("whole", base64(bytes));
}

const only = ["plain", "core-plain", "wide-plain"];
if (!process.argv.includes("--plain")) only.push("core-relaxed", "relaxed", "wide-relaxed");
await mkdir(path.join(root, "build"), { recursive: true });
for (const form of ["deflated", "whole"]) {
  await mkdir(path.join(root, "src/generated", form), { recursive: true });
}
try {
  // Two at a time: a compiler is busy with one core and half a gigabyte.
  const waiting = [...only];
  const next = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) await build(name);
  };
  await Promise.all([next(), next()]);
} catch (error) {
  await Promise.all(
    only.map((name) => rm(path.join(root, "build", `${name}.${process.pid}.wasm`), { force: true })),
  );
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
