// Prints every export of the packages that no other file names: dead code, or a name that should be private.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { sources } from "./check-rooms.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const EXPORT =
  /^export (?:default )?(?:async )?(?:abstract )?(?:const|function\*?|class|interface|type|enum) (\w+)/gm;

/** The other places that may use an export: tests, benchmarks, scripts, examples. */
async function others() {
  const folders = ["scripts", "test", "bench", "examples"];
  for (const group of ["packages", "apps"]) {
    for (const name of await readdir(path.join(root, group))) {
      for (const kind of ["test", "bench", "scripts", "src", "e2e"]) folders.push(`${group}/${name}/${kind}`);
    }
  }
  const texts = [];
  for (const folder of folders) {
    const files = await readdir(path.join(root, folder), { recursive: true }).catch(() => []);
    for (const file of files) {
      if (
        !/\.(ts|mjs|js)$/.test(file) ||
        file.includes("node_modules") ||
        (folder.endsWith("/src") && !/\.test\.ts$/.test(file))
      )
        continue;
      texts.push([`${folder}/${file}`, await readFile(path.join(root, folder, file), "utf8")]);
    }
  }
  return texts;
}

const house = (await sources(root)).filter(([file]) => !file.includes("/generated/"));
const words = [...house, ...(await others())].map(([file, text]) => [file, new Set(text.match(/\w+/g))]);
for (const [file, text] of house) {
  // What is generated exports whole lists.
  if (file.endsWith(".gen.ts")) continue;
  for (const [, name] of text.matchAll(EXPORT)) {
    if (words.some(([other, names]) => other !== file && names.has(name))) continue;
    // A type that an exported signature of the same file mentions has to be exported with it.
    if (text.match(new RegExp(`\\b${name}\\b`, "g")).length > 1 && /^export (?:interface|type)/m.test(text))
      continue;
    process.stderr.write(`${file} exports ${name}, which no other file names\n`);
    process.exitCode = 1;
  }
}
