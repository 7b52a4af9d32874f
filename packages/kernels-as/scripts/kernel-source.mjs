// What the generators of micro-kernels share: pieces of AssemblyScript, and how the text reaches its file.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const assembly = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../assembly");

export const range = (n) => Array.from({ length: n }, (_, i) => i);
/** The two vectors of eight columns. */
export const HALVES = [0, 1];
/** A load's or a store's last argument. */
export const offset = (bytes) => (bytes === 0 ? "" : `, ${bytes}`);
export const indent = (depth, lines) => lines.map((line) => (line === "" ? "" : "  ".repeat(depth) + line));

/** Writes a file of `assembly/`; with --check only looks whether it is what would be written, and exits with 1 when it is not. */
export async function publish(file, text) {
  await publishAt(path.join(assembly, file), text);
}

/** The same for any file. */
export async function publishAt(target, text) {
  if (!process.argv.includes("--check")) {
    await writeFile(target, text);
  } else if ((await readFile(target, "utf8").catch(() => "")) !== text) {
    process.stderr.write(
      `${path.relative(process.cwd(), target)} is not what ${path.basename(process.argv[1])} writes; run it\n`,
    );
    process.exitCode = 1;
  }
}
