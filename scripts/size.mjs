// What a page downloads for three typical imports, in gzip bytes, against size-budget.json: node scripts/size.mjs [--json].
// Bundled by Vite from the built packages: the entry's chunks, the kernel worker's, and one binary, which the worker loads: the core, or where the
// budget says `"full": true` the full one. A page that runs a convolution loads that in place of the core.
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/** Bundles a source text as a page would have it and returns Vite's output and the folder's files with their gzip sizes. */
async function bundle(source) {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-size-"));
  try {
    await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    await writeFile(path.join(folder, "main.js"), source);
    await writeFile(path.join(folder, "index.html"), '<script type="module" src="./main.js"></script>');
    const { output } = await build({
      root: folder,
      configFile: false,
      logLevel: "error",
      worker: { format: "es" },
      build: { target: "es2022", modulePreload: false, outDir: "out", reportCompressedSize: false },
    });
    const assets = path.join(folder, "out/assets");
    const sizes = new Map();
    for (const name of await readdir(assets)) {
      sizes.set(`assets/${name}`, gzipSync(await readFile(path.join(assets, name)), { level: 9 }).length);
    }
    return { output, sizes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files that a page loads at once: its entry and what that imports, without what is only imported when asked for. */
function loadedAtOnce(output) {
  const chunks = new Map(
    output.filter(({ type }) => type === "chunk").map((chunk) => [chunk.fileName, chunk]),
  );
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    found.add(name);
    chunks.get(name)?.imports.forEach(visit);
  };
  for (const { isEntry, fileName } of chunks.values()) if (isEntry) visit(fileName);
  return found;
}

/** Gzip bytes of the page's script, of the kernel worker's, and of the plain binary that the worker loads: its core, or `full`. */
export async function sizeOf(source, full = false) {
  const { output, sizes } = await bundle(source);
  const parts = { page: 0, worker: 0, plain: 0 };
  for (const name of loadedAtOnce(output)) parts.page += sizes.get(name) ?? 0;
  for (const [name, bytes] of sizes) {
    // All binaries are there, twice: the page's bundle and the worker's are made apart.
    if (/\/worker-/.test(name)) parts.worker += bytes;
    else if ((full ? /\/plain-/ : /\/core-plain-/).test(name)) parts.plain = Math.max(parts.plain, bytes);
  }
  return { ...parts, total: parts.page + parts.worker + parts.plain };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const budget = JSON.parse(await readFile(path.join(root, "size-budget.json"), "utf8"));
  const report = {};
  for (const [name, { source, full, bytes, goal }] of Object.entries(budget)) {
    const size = await sizeOf(source.join("\n"), full);
    report[name] = { ...size, budget: bytes };
    const over = size.total > bytes;
    if (over) process.exitCode = 1;
    process.stderr.write(
      `${name}: ${kilobytes(size.total)} gzip (page ${kilobytes(size.page)}, worker ${kilobytes(size.worker)}, binary ${kilobytes(size.plain)})` +
        `, budget ${kilobytes(bytes)}${goal ? `, goal ${kilobytes(goal)}` : ""}${over ? ": over it" : ""}\n`,
    );
  }
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(report)}\n`);
}
